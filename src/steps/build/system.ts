import type { Failure } from '../../core/failure.js';
import type { JsonObject } from '../../core/json.js';
import type { Result } from '../../core/result.js';
import type { Build } from '../../recipe/schema.js';
import type { KeptTree } from '../tree/kept-tree.js';
import type { Compiler } from './cc-options.js';
import type { BuildJob } from './job.js';

/** A build system: what it needs, and how it builds in a kept tree. One small file each. */
export interface BuildSystem<B extends Build = Build> {
  /** Programs whose versions count. */
  tools(build: B): readonly string[];
  /** The C compiler that it calls. */
  compiler(build: B): Compiler;
  /** What of the recipe counts for the result. */
  params(build: B): JsonObject;
  /** Where it builds; outputs are named from here. */
  folder(tree: KeptTree): string;
  /** True: it builds between the sources, so that what it made can only be undone with the whole tree. */
  readonly inTree: boolean;
  /** Paths below the build folder that only a new set-up can make. A `/` at the end: everything below. */
  readonly cornerstones: readonly string[];
  /** Prepares an empty build folder. Done again when the options have changed; then what was built is thrown away. */
  setUp?(job: BuildJob, build: B): Promise<Result<void, Failure>>;
  /** Builds what has changed. `config` is the kernel's `.config`. */
  build(job: BuildJob, build: B, config: string | undefined): Promise<Result<void, Failure>>;
}
