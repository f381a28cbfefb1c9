import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutLogin } from '../core/login.js';
import { COMPONENTS, type Component, type OutputReference, type StepContext } from '../core/step.js';
import type { Recipe } from '../recipe/schema.js';
import type { Pin } from './pin-document.js';
import type { SourceLayout } from './source-layout.js';

/** Where the components are from, as far as it lies in small outputs of other steps: nothing large is read for a report. */
export function originOutputs(recipe: Recipe, pins: readonly OutputReference[]): OutputReference[] {
  const known = COMPONENTS.filter((component) => KNOWN_KINDS.some((kind) => kind in recipe[component].source));
  return [...pins, ...known.map((component) => ({ step: `fetch:${component}`, output: 'source' }))];
}

/** Sources of which nothing large is fetched. */
const KNOWN_KINDS = ['installed', 'local', 'file'];

/** Component -> where it is from, where the recipe itself says it all. */
export function originParams(recipe: Recipe): Record<string, string> {
  const said = COMPONENTS.map((component) => [component, saidOrigin(component, recipe)] as const);
  return Object.fromEntries(said.flatMap(([component, text]) => (text === undefined ? [] : [[component, text]])));
}

function saidOrigin(component: Component, recipe: Recipe): string | undefined {
  const { source } = recipe[component];
  return 'url' in source ? `${withoutLogin(source.url)}, SHA-256 ${source.sha256}` : undefined;
}

/** What came from where: `kernel` -> `linux-source-6.1, version 6.1.192-1`. */
export function readOrigins(
  references: readonly OutputReference[],
  context: Pick<StepContext, 'upstream'>,
): Record<string, string> {
  return Object.fromEntries(
    references.map(({ step, output }) => {
      const path = context.upstream(step, output);
      const file = output === 'source' ? join(path, 'source.json') : path;
      const found = JSON.parse(readFileSync(file, 'utf8')) as Pin | SourceLayout;
      return [step.slice(step.indexOf(':') + 1), originText(found)] as const;
    }),
  );
}

/** Where something is from, in one line. Throws for a document that is neither a pin nor a layout. */
export function originText(found: Pin | SourceLayout): string {
  switch (found.kind) {
    case 'apt':
      return `package ${found.package}, version ${found.version}`;
    case 'apt-source':
      return `source package ${found.package}, version ${found.version}`;
    case 'git':
      return `commit ${found.commit}${found.tree === undefined ? '' : `, tree ${found.tree}`}`;
    case 'config':
      return `SHA-256 ${found.sha256}`;
    case 'archives':
      return found.layers.map(({ archive }) => archive).join(', ');
    case 'local':
      return `working tree, ${found.changed.length} files differ from the tree ${found.tree}`;
    case 'installed':
      return found.package === undefined
        ? found.version
        : `${found.version}; package ${found.package.name}, version ${found.package.version}`;
    case 'file':
      return found.version ?? 'a finished file';
  }
}
