import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { MakeBuild } from '../../recipe/schema.js';
import { cCompiler, ccParams, knownOptions } from './cc-options.js';
import type { BuildJob } from './job.js';
import type { BuildSystem } from './system.js';
import { assignments, pathIndependent } from './variables.js';

/** A plain Makefile, run at the top of the tree. It knows nothing of changed options: those make the tree anew. */
export const make: BuildSystem<MakeBuild> = {
  inTree: true,
  cornerstones: [],
  tools: (build) => ['make', make.compiler(build).words[0] ?? 'cc', 'ld'],
  compiler: ({ variables }) => cCompiler(variables['CC']),
  params: ({ targets, variables, 'cc-options': options }) => ({ targets, variables, ...ccParams(options) }),
  folder: (tree) => tree.source,
  async build(job, build) {
    const variables = await withOptions(job, build);
    return variables.ok
      ? job.make({ arguments: [...assignments(variables.value), ...build.targets], folder: job.tree.source })
      : variables;
  },
};

/** A Makefile sets CFLAGS as it pleases; what is in CC reaches every compilation, and the link. */
async function withOptions(job: BuildJob, build: MakeBuild): Promise<Result<MakeBuild['variables'], Failure>> {
  const { variables, 'cc-options': options } = build;
  if (options.length === 0) {
    return success(variables);
  }
  const compiler = make.compiler(build);
  const known = await knownOptions([...options, ...mapped(job.tree.source)], compiler, job);
  return known.ok ? success({ ...variables, CC: [...compiler.words, ...known.value].join(' ') }) : known;
}

/** make hands CC to a shell, which would take a path with other characters apart. */
function mapped(source: string): readonly string[] {
  return /^[\w@%+,./-]+$/.test(source) ? pathIndependent(source) : [];
}
