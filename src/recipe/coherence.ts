import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RecipeProblem } from '../core/failures/recipe.js';
import { byCodeUnit } from '../core/json.js';
import { nearest } from '../core/nearest.js';
import { COMPONENTS, type Component } from '../core/step.js';
import { packageFolder } from '../system/environment.js';
import { problemAt } from './check.js';
import type { KeyPath, Located } from './located.js';
import type { Recipe } from './schema.js';
import { oneOf } from './shape.js';

/** What a recipe says that is well-formed key by key and does not fit together. */
export function checkCoherence(recipe: Recipe, node: Located): readonly RecipeProblem[] {
  const found = [
    ...COMPONENTS.flatMap((name) => componentFaults(name, recipe)),
    ...pointFaults(recipe),
    ...phaseFaults(recipe),
  ];
  return found.map(({ path, ...words }) => problemAt(node, path, words));
}

interface Fault {
  readonly path: KeyPath;
  readonly found: string;
  readonly expected: string;
  readonly nearest?: string;
}

function componentFaults(name: Component, recipe: Recipe): readonly Fault[] {
  const { source, build, patches, outputs } = recipe[name];
  const faults: Fault[] = [];
  const add = (key: string, found: string, expected: string): void =>
    void faults.push({ path: [name, key], found, expected });
  if ('installed' in source) {
    if (build !== undefined) {
      add('build', 'a build of what is installed', 'no build, or a source to build from');
    }
    if (patches.length > 0) {
      add('patches', 'patches for what is installed', 'no patches, or a source to build from');
    }
    return faults;
  }
  if (build === undefined) {
    const hint =
      name === 'hypervisor'
        ? 'configure, meson or make (the recipe stock-source builds QEMU)'
        : 'kbuild, meson, make or configure';
    add('build', 'nothing', `how it is built: ${hint}`);
  } else if (outputs['image'] === undefined) {
    add('outputs', 'no "image"', 'image: the file that is booted, such as arch/x86/boot/bzImage');
  }
  if (name === 'hypervisor' && build?.system === 'kbuild') {
    add('build', 'kbuild', 'configure, meson or make: kbuild makes kernels');
  }
  return [...faults, ...patches.flatMap((entry, index) => seriesFaults(entry, [name, 'patches', index]))];
}

function seriesFaults(entry: Recipe['kernel']['patches'][number], path: KeyPath): readonly Fault[] {
  const known = typeof entry === 'string' ? [] : shippedSeries();
  if (typeof entry === 'string' || known.includes(entry.series)) {
    return [];
  }
  const near = nearest(entry.series, known);
  return [
    {
      path: [...path, 'series'],
      found: JSON.stringify(entry.series),
      expected: `a folder below src/patches: ${oneOf(known)}`,
      ...(near === undefined ? {} : { nearest: near }),
    },
  ];
}

/** The patch series that ship, in code-unit order: folders below `src/patches` that hold version folders. */
function shippedSeries(): readonly string[] {
  const entries = readdirSync(join(packageFolder, 'src', 'patches'), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort(byCodeUnit);
}

function pointFaults({ points }: Recipe): readonly Fault[] {
  return points.flatMap((point, index) => {
    const before = points.slice(0, index);
    const faults: Fault[] = [];
    if (before.some((other) => other.name === point.name)) {
      faults.push({
        path: ['points', index, 'name'],
        found: `"${point.name}" again`,
        expected: 'a name for each point alone',
      });
    }
    const twin = before.find((other) => other.port === point.port && other.value === point.value);
    if (twin !== undefined) {
      const found = `port ${point.port} and value ${point.value}, as "${twin.name}" has`;
      faults.push({ path: ['points', index, 'value'], found, expected: 'a port and value that no other point has' });
    }
    return faults;
  });
}

function phaseFaults({ phases, points }: Recipe): readonly Fault[] {
  const known = points.map((point) => point.name);
  return phases.flatMap((phase, index) => {
    const faults: Fault[] = [];
    for (const key of ['from', 'to'] as const) {
      const name = phase[key];
      if (name !== undefined && !known.includes(name)) {
        const near = nearest(name, known);
        const fault = {
          path: ['phases', index, key],
          found: JSON.stringify(name),
          expected: `the name of a point: ${oneOf(known)}`,
        };
        faults.push(near === undefined ? fault : { ...fault, nearest: near });
      }
    }
    if (phase.from === phase.to) {
      faults.push({
        path: ['phases', index, 'from'],
        found: `"${phase.to}" at both ends`,
        expected: 'two different points',
      });
    }
    if (phases.slice(0, index).some((other) => other.name === phase.name)) {
      faults.push({
        path: ['phases', index, 'name'],
        found: `"${phase.name}" again`,
        expected: 'a name for each phase alone',
      });
    }
    return faults;
  });
}
