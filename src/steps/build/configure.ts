import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigureBuild } from '../../recipe/schema.js';
import { attempt } from '../../system/files.js';
import type { BuildSystem } from './system.js';
import { assignments, pathIndependent } from './variables.js';

/** `./configure` and make, in `build/` inside the source. */
export const configure: BuildSystem<ConfigureBuild> = {
  inTree: false,
  cornerstones: ['config.status', 'config-host.mak', 'build.ninja', 'meson-private/', 'meson-info/'],
  tools: () => ['make', 'cc', 'ld', 'pkg-config'],
  params: ({ options, targets, variables }) => ({ options, targets, variables }),
  folder: (tree) => tree.build,
  setUp(job, { options }) {
    const { build, source } = job.tree;
    const made = attempt(build, () => mkdirSync(build, { recursive: true }));
    const flags = pathIndependent(source).join(' ');
    const environment = { CFLAGS: `-O2 ${flags}`, CXXFLAGS: `-O2 ${flags}` };
    return made.ok
      ? job.run({ program: '../configure', arguments: options, folder: build, environment })
      : Promise.resolve(made);
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
