import type { ExecutionOptions } from '../options.js';

/** The options of `bundle`. */
export interface BundleOptions extends ExecutionOptions {
  readonly out?: string;
  /** False for `--no-samples`. */
  readonly samples: boolean;
  readonly signKey?: string;
  readonly hypervisor: string;
  readonly offline?: true;
}
