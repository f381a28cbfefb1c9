import type { MakeBuild } from '../../recipe/schema.js';
import type { BuildSystem } from './system.js';
import { assignments } from './variables.js';

/** A plain Makefile, run at the top of the tree. It knows nothing of changed options: those make the tree anew. */
export const make: BuildSystem<MakeBuild> = {
  inTree: true,
  cornerstones: [],
  tools: ({ variables }) => ['make', variables['CC']?.split(' ')[0] ?? 'cc', 'ld'],
  params: ({ targets, variables }) => ({ targets, variables }),
  folder: (tree) => tree.source,
  build: (job, { targets, variables }) =>
    job.make({ arguments: [...assignments(variables), ...targets], folder: job.tree.source }),
};
