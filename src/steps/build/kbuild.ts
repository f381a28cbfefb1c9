import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KbuildBuild } from '../../recipe/schema.js';
import { attempt, readTextIfThere, writeFileAtomically } from '../../system/files.js';
import type { BuildSystem } from './system.js';
import { assignments } from './variables.js';

/**
 * The Linux kernel, in `build/` inside its source: relative paths only, so that they are the same everywhere.
 * It follows changed compilers and options by itself, and so needs no set-up but its `.config`.
 */
export const kbuild: BuildSystem<KbuildBuild> = {
  inTree: false,
  cornerstones: [],
  tools: ({ variables }) => ['make', ...compilers(variables), 'flex', 'bison', 'bc'],
  params: ({ targets, variables }) => ({ targets, variables }),
  folder: (tree) => tree.build,
  build(job, { targets, variables }, config) {
    const placed = attempt(job.tree.build, () => placeConfig(job.tree.build, config ?? ''));
    return placed.ok
      ? job.make({ arguments: ['O=build', ...assignments(variables), ...targets], folder: job.tree.source })
      : Promise.resolve(placed);
  },
};

/** The programs that make a kernel's code under these variables. */
export function compilers(variables: Readonly<Record<string, string>>): string[] {
  const llvm = variables['LLVM'] !== undefined && variables['LLVM'] !== '0';
  const cross = variables['CROSS_COMPILE'] ?? '';
  return llvm ? ['clang', 'ld.lld'] : [variables['CC'] ?? `${cross}gcc`, variables['LD'] ?? `${cross}ld`];
}

/** A `.config` that is the same keeps its time: make would ask Kconfig again. */
function placeConfig(build: string, config: string): void {
  mkdirSync(build, { recursive: true });
  const text = readFileSync(config, 'utf8');
  if (readTextIfThere(join(build, '.config')) !== text) {
    writeFileAtomically(join(build, '.config'), text);
  }
}
