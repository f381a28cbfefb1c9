import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecipeProblem } from '../core/failures/recipe.js';
import { byCodeUnit } from '../core/json.js';
import { COMPONENTS, type Component } from '../core/step.js';
import { packageFolder } from '../system/environment.js';
import { bootFaults } from './boot-coherence.js';
import { problemAt } from './check.js';
import { misnamed, type Fault } from './fault.js';
import { valueAt, type KeyPath, type Located } from './located.js';
import { matrixFaults } from './matrix-coherence.js';
import { measureFaults } from './measure-coherence.js';
import { nameFaults } from './reserved-name.js';
import type { Recipe } from './schema.js';
import { oneOf } from './shape.js';
import { addressFaults } from './source-coherence.js';

/** What a recipe says that is well-formed key by key and does not fit together. */
export function checkCoherence(recipe: Recipe, node: Located): readonly RecipeProblem[] {
  const found = [
    ...nameFaults(recipe),
    ...COMPONENTS.flatMap((name) => [...installedFaults(name, recipe), ...componentFaults(name, recipe)]),
    ...COMPONENTS.flatMap((name) => configFaults(name, recipe, node)),
    ...addressFaults(recipe),
    ...bootFaults(recipe),
    ...matrixFaults(recipe, node),
    ...measureFaults(recipe),
  ];
  return found.map(({ path, ...words }) => problemAt(node, path, words));
}

/** Only a program is looked up on the PATH. */
function installedFaults(name: Component, recipe: Recipe): readonly Fault[] {
  const expected = `"file": a finished ${name} is named by its path`;
  return name !== 'hypervisor' && 'installed' in recipe[name].source
    ? [{ path: [name, 'source'], found: 'what is installed', expected }]
    : [];
}

function componentFaults(name: Component, recipe: Recipe): readonly Fault[] {
  const { source, build, patches, outputs } = recipe[name];
  const faults: Fault[] = [];
  const add = (key: string, found: string, expected: string): void =>
    void faults.push({ path: [name, key], found, expected });
  if ('installed' in source || 'file' in source) {
    const what = 'installed' in source ? 'what is installed' : 'a finished file';
    if (build !== undefined) {
      add('build', `a build of ${what}`, 'no build, or a source to build from');
    }
    if (patches.length > 0) {
      add('patches', `patches for ${what}`, 'no patches, or a source to build from');
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
  return [...faults, ...patches.flatMap((entry, index) => patchFaults(entry, [name, 'patches', index]))];
}

/** A kernel is configured by its `build.config`, or by the one of `build.configs` that its `config` names. */
function configFaults(name: Component, recipe: Recipe, node: Located): readonly Fault[] {
  const { build, config } = recipe[name];
  const at = (path: KeyPath, found: string, expected: string): readonly Fault[] => [{ path, found, expected }];
  if (build?.system !== 'kbuild') {
    return config === undefined ? [] : at([name, 'config'], JSON.stringify(config), 'no such key: kbuild alone has it');
  }
  const known = Object.keys(build.configs);
  if (config === undefined) {
    return valueAt(node, [name, 'build', 'config']) === undefined
      ? at([name, 'build', 'config'], 'nothing', 'how the kernel is configured, such as { base: tinyconfig }')
      : [];
  }
  const expected = known.length === 0 ? 'no such key: "configs:" under "build:" is empty' : oneOf(known);
  return known.includes(config) ? [] : [misnamed([name, 'config'], config, { known, expected })];
}

const patchesFolder = join(packageFolder, 'src', 'patches');

function patchFaults(entry: Recipe['kernel']['patches'][number], path: KeyPath): readonly Fault[] {
  if (typeof entry === 'string') {
    return [];
  }
  if ('shipped' in entry) {
    const found = JSON.stringify(entry.shipped);
    const expected = 'a file below src/patches';
    const place = statSync(join(patchesFolder, entry.shipped), { throwIfNoEntry: false });
    return place?.isFile() === true ? [] : [{ path: [...path, 'shipped'], found, expected }];
  }
  const known = shippedSeries();
  const expected = `a folder below src/patches: ${oneOf(known)}`;
  return known.includes(entry.series) ? [] : [misnamed([...path, 'series'], entry.series, { known, expected })];
}

/** The patch series that ship, in code-unit order: folders below `src/patches` that hold version folders. */
function shippedSeries(): readonly string[] {
  const entries = readdirSync(patchesFolder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort(byCodeUnit);
}
