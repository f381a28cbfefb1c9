import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { ConfigureBuild } from '../../recipe/schema.js';
import { attempt } from '../../system/files.js';
import { cCompiler, ccParams, knownOptions } from './cc-options.js';
import type { BuildJob } from './job.js';
import type { BuildSystem } from './system.js';
import { assignments, pathIndependent } from './variables.js';

/** `./configure` and make, in `build/` inside the source. */
export const configure: BuildSystem<ConfigureBuild> = {
  inTree: false,
  cornerstones: ['config.status', 'config-host.mak', 'build.ninja', 'meson-private/', 'meson-info/'],
  tools: (build) => ['make', configure.compiler(build).words[0] ?? 'cc', 'ld', 'pkg-config'],
  compiler: (build) => cCompiler(named(build, /^(?:--cc|CC)=(.*)$/) ?? build.variables['CC']),
  params: ({ options, targets, variables, 'cc-options': ccOptions }) => ({
    options,
    targets,
    variables,
    ...ccParams(ccOptions),
  }),
  folder: (tree) => tree.build,
  async setUp(job, build) {
    const folder = job.tree.build;
    const made = attempt(folder, () => mkdirSync(folder, { recursive: true }));
    const environment = made.ok ? await flags(job, build) : made;
    return environment.ok
      ? job.run({ program: '../configure', arguments: build.options, folder, environment: environment.value })
      : environment;
  },
  build(job, { targets, variables }) {
    const folder = job.tree.build;
    const what = [...assignments(variables), ...targets];
    // QEMU's make hands the work to ninja, which knows no jobserver and would take the whole machine.
    return existsSync(join(folder, 'build.ninja'))
      ? job.withJobs((jobs) => ({ program: 'make', arguments: [`-j${jobs}`, ...what], folder }))
      : job.make({ arguments: what, folder });
  },
};

/** CFLAGS and CXXFLAGS. An option of C alone would break every compilation of C++, so that compiler is asked too. */
async function flags(job: BuildJob, build: ConfigureBuild): Promise<Result<Record<string, string>, Failure>> {
  const options = build['cc-options'];
  const c = await knownOptions(options, configure.compiler(build), job);
  if (!c.ok) {
    return c;
  }
  const cxx = named(build, /^(?:--cxx|CXX)=(.*)$/) ?? build.variables['CXX'] ?? 'c++';
  const plus = await knownOptions(options, { ...cCompiler(cxx), language: 'c++' }, job);
  const always = ['-O2', ...pathIndependent(job.tree.source)];
  return success({
    CFLAGS: [...always, ...c.value].join(' '),
    // Many a source with a ./configure needs no C++ compiler at all.
    CXXFLAGS: [...always, ...(plus.ok ? plus.value : [])].join(' '),
  });
}

/** What an argument of ./configure says, the last one of several. */
function named({ options }: ConfigureBuild, argument: RegExp): string | undefined {
  return options.map((option) => argument.exec(option)?.[1]).findLast((value) => value !== undefined);
}
