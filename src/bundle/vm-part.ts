import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { Component } from '../core/step.js';
import type { Recipe } from '../recipe/schema.js';
import type { FileLayout } from '../steps/source-layout.js';
import type { TarFile } from '../system/tar-writer.js';
import { PLACES, type BundleDocument, type PackagedHypervisor } from './bundle-document.js';
import { hypervisorPart, type HypervisorPart } from './hypervisor-part.js';
import { machineFile } from './machine-file.js';
import { resultFile, resultText, type Results } from './results.js';

/** Whether a distribution's hypervisor goes into a bundle or is named there, with its packages. */
export type HypervisorWish = 'include' | 'packages';

/** Everything that is run when a bundle is measured. */
export interface VmPart {
  readonly vm: Omit<BundleDocument['vm'], 'hypervisor'>;
  readonly hypervisor: HypervisorPart;
  /** The images, the init and the stopwatch. */
  readonly files: readonly TarFile[];
}

/** Gathers the VM of a run: hypervisor, firmware, kernel and init, and the stopwatch. */
export async function vmPart(recipe: Recipe, results: Results, signal: AbortSignal): Promise<Result<VmPart, Failure>> {
  const hypervisor = await hypervisorPart(recipe, results, signal);
  if (!hypervisor.ok) {
    return hypervisor;
  }
  const files: TarFile[] = [];
  for (const file of imageFiles(recipe, results)) {
    if (!file.ok) {
      return file;
    }
    files.push(file.value);
  }
  const init = recipe.init === 'builtin' ? { init: PLACES.init } : {};
  const vm = { firmware: PLACES.firmware, kernel: PLACES.kernel, ...init };
  return success({ vm, hypervisor: hypervisor.value, files });
}

function imageFiles(recipe: Recipe, results: Results): Result<TarFile, Failure>[] {
  const init = { step: 'make:init', output: 'initrd' };
  const stopwatch = { step: 'make:stopwatch', output: 'stopwatch' };
  return [
    imageFile('firmware', recipe, results),
    imageFile('kernel', recipe, results),
    ...(recipe.init === 'builtin' ? [resultFile(results, init, { to: PLACES.init })] : []),
    resultFile(results, stopwatch, { to: PLACES.stopwatch, executable: true }),
  ];
}

function imageFile(
  component: Exclude<Component, 'hypervisor'>,
  recipe: Recipe,
  results: Results,
): Result<TarFile, Failure> {
  const { source } = recipe[component];
  const to = PLACES[component];
  if (!('file' in source)) {
    return resultFile(results, { step: `make:${component}`, output: 'image' }, { to });
  }
  const text = resultText(results, { step: `fetch:${component}`, output: 'source', path: 'source.json' });
  if (!text.ok) {
    return text;
  }
  const was = text.value === undefined ? {} : { was: (JSON.parse(text.value) as FileLayout).digest };
  return machineFile({ file: source.file, to, ...was }, results.command);
}

/** The hypervisor as packages that have to be installed. Fails with `usage` for one that is from none. */
export function asPackages(
  { layout, document }: HypervisorPart,
  packages: PackagedHypervisor['packages'],
): Result<PackagedHypervisor, Failure> {
  if (layout?.kind !== 'installed' || packages.length === 0) {
    const message = '--hypervisor packages is for a hypervisor that a package of the distribution has installed';
    return failed({ reason: 'usage', message, hint: 'leave it away: the bundle then has the hypervisor itself' });
  }
  const version = document.version ?? '';
  return success({ kind: 'packages', program: layout.program, version, digest: layout.digest, packages });
}
