import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KbuildBuild } from '../../recipe/schema.js';
import { attempt, readTextIfThere, writeFileAtomically } from '../../system/files.js';
import { cCompiler, ccParams, knownOptions } from './cc-options.js';
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
  compiler: ({ variables }) => cCompiler(compilers(variables)[0]),
  params: ({ targets, variables, 'cc-options': options }) => ({ targets, variables, ...ccParams(options) }),
  folder: (tree) => tree.build,
  async build(job, build, config) {
    const placed = attempt(job.tree.build, () => placeConfig(job.tree.build, config ?? ''));
    const known = placed.ok ? await knownOptions(build['cc-options'], kbuild.compiler(build), job) : placed;
    if (!known.ok) {
      return known;
    }
    const variables = withFlags(build.variables, known.value);
    return job.make({ arguments: ['O=build', ...assignments(variables), ...build.targets], folder: job.tree.source });
  },
};

/** The kernel adds KCFLAGS behind its own options. Kconfig does not look at them, so its answers stay what they were. */
function withFlags(variables: Readonly<Record<string, string>>, options: readonly string[]): Record<string, string> {
  const { KCFLAGS, ...others } = variables;
  const flags = [...(KCFLAGS === undefined ? [] : [KCFLAGS]), ...options];
  return flags.length === 0 ? others : { ...others, KCFLAGS: flags.join(' ') };
}

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
