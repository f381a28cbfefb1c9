import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPONENTS } from '../../core/step.js';
import type { Recipe } from '../../recipe/schema.js';
import type { Pin } from '../../steps/pin-document.js';
import { originParams, originText } from '../../steps/report-origins.js';
import type { SourceLayout } from '../../steps/source-layout.js';

/** Component -> where it is from, as an unpacked bundle's records tell; what they do not tell is left out. */
export function bundledOrigins(folder: string, recipe: Recipe): Record<string, string> {
  const told = COMPONENTS.flatMap((component) => {
    const places = [`recipe/pins/${component}.json`, `recipe/sources/${component}.json`];
    const text = places.map((place) => originIn(join(folder, place))).find((found) => found !== undefined);
    return text === undefined ? [] : [[component, text] as const];
  });
  return { ...Object.fromEntries(told), ...originParams(recipe) };
}

function originIn(file: string): string | undefined {
  try {
    return originText(JSON.parse(readFileSync(file, 'utf8')) as Pin | SourceLayout);
  } catch {
    // A report is whole without.
    return undefined;
  }
}
