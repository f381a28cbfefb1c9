import type { MesonBuild } from '../../recipe/schema.js';
import { findProgram } from '../../system/distribution.js';
import { cCompiler } from './cc-options.js';
import type { BuildSystem } from './system.js';
import { pathIndependent } from './variables.js';

/** meson and ninja, in `build/` inside the source. */
export const meson: BuildSystem<MesonBuild> = {
  inTree: false,
  cornerstones: ['build.ninja', 'meson-private/', 'meson-info/'],
  tools: () => ['meson', 'ninja', 'cc', 'ld'],
  compiler: () => cCompiler(undefined),
  params: ({ options, cflags, targets }) => ({ options, cflags, targets }),
  folder: (tree) => tree.build,
  setUp(job, { options, cflags }) {
    // In the environment, as meson takes it at set-up only: `-Dc_args` would replace what the project itself sets.
    const environment = {
      CFLAGS: [...cflags, ...pathIndependent(job.tree.source)].join(' '),
      // A compiler that is named is called as it is; else meson puts a ccache that it finds before it.
      CC: 'cc',
      ...(findProgram('c++') === undefined ? {} : { CXX: 'c++' }),
    };
    return job.run({
      program: 'meson',
      arguments: ['setup', 'build', ...options],
      folder: job.tree.source,
      environment,
    });
  },
  build(job, { targets }) {
    return job.withJobs((jobs) => ({
      program: 'ninja',
      arguments: ['-v', `-j${jobs}`, ...targets],
      folder: job.tree.build,
    }));
  },
};
