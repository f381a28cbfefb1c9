import type { Failure } from './failure.js';

/** Exit statuses of the command line, as the README documents them. */
export const EXIT_STATUS = {
  done: 0,
  stepFailed: 1,
  usage: 2,
  hostNotFit: 3,
  network: 4,
  notValid: 5,
  cannotMeasure: 6,
  regression: 10,
  unsettled: 11,
  bundleRefused: 12,
  bug: 70,
  interrupted: 130,
} as const;

/** One of the documented exit statuses. */
export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];

const STATUS_OF: Readonly<Record<Failure['reason'], ExitStatus>> = {
  'recipe-not-found': EXIT_STATUS.usage,
  'recipe-syntax': EXIT_STATUS.usage,
  'recipe-invalid': EXIT_STATUS.usage,
  'recipe-extends-loop': EXIT_STATUS.usage,
  'setting-invalid': EXIT_STATUS.usage,
  'file-unfit': EXIT_STATUS.usage,
  'step-unknown': EXIT_STATUS.usage,
  'step-not-ready': EXIT_STATUS.usage,
  'lock-invalid': EXIT_STATUS.usage,
  'not-pinned': EXIT_STATUS.usage,
  usage: EXIT_STATUS.usage,
  offline: EXIT_STATUS.network,
  'download-failed': EXIT_STATUS.network,
  'digest-mismatch': EXIT_STATUS.network,
  'git-refused': EXIT_STATUS.network,
  'git-failed': EXIT_STATUS.network,
  'git-unknown-revision': EXIT_STATUS.network,
  'config-unavailable': EXIT_STATUS.network,
  'package-not-found': EXIT_STATUS.network,
  'package-fetch-failed': EXIT_STATUS.network,
  'tool-missing': EXIT_STATUS.hostNotFit,
  'compiler-unfit': EXIT_STATUS.hostNotFit,
  'disk-full': EXIT_STATUS.hostNotFit,
  'not-writable': EXIT_STATUS.hostNotFit,
  'file-trouble': EXIT_STATUS.hostNotFit,
  'workspace-busy': EXIT_STATUS.hostNotFit,
  'workspace-foreign': EXIT_STATUS.hostNotFit,
  'hypervisor-unfit': EXIT_STATUS.hostNotFit,
  'path-outside': EXIT_STATUS.stepFailed,
  'archive-broken': EXIT_STATUS.stepFailed,
  'patch-malformed': EXIT_STATUS.stepFailed,
  'patch-rejected': EXIT_STATUS.stepFailed,
  'patch-series-missing': EXIT_STATUS.stepFailed,
  'command-failed': EXIT_STATUS.stepFailed,
  'output-missing': EXIT_STATUS.stepFailed,
  'config-refused': EXIT_STATUS.stepFailed,
  'local-tree-unfit': EXIT_STATUS.stepFailed,
  'probe-failed': EXIT_STATUS.notValid,
  'boots-failed': EXIT_STATUS.notValid,
  'kvm-required': EXIT_STATUS.cannotMeasure,
  'run-not-found': EXIT_STATUS.usage,
  'run-unfit': EXIT_STATUS.usage,
  'not-comparable': EXIT_STATUS.notValid,
  regression: EXIT_STATUS.regression,
  'regression-unsettled': EXIT_STATUS.unsettled,
  'bundle-incomplete': EXIT_STATUS.stepFailed,
  'bundle-unfit': EXIT_STATUS.hostNotFit,
  'bundle-refused': EXIT_STATUS.bundleRefused,
  'key-unfit': EXIT_STATUS.usage,
  'job-outcome-missing': EXIT_STATUS.stepFailed,
  'letter-not-sent': EXIT_STATUS.network,
  'letter-not-there': EXIT_STATUS.network,
  'no-host': EXIT_STATUS.hostNotFit,
  'jobs-refused': EXIT_STATUS.hostNotFit,
  interrupted: EXIT_STATUS.interrupted,
};

/** The exit status that a failure gives the process. A reason without one does not compile. */
export function exitStatusOf(failure: Failure): ExitStatus {
  return STATUS_OF[failure.reason];
}

/**
 * The exit status of a run with these failures, in the order in which they came.
 * The first real one counts: steps that were ended because it failed do not hide it.
 */
export function exitStatusOfAll(failures: readonly Failure[]): ExitStatus {
  const first = failures.find((failure) => failure.reason !== 'interrupted') ?? failures[0];
  return first === undefined ? EXIT_STATUS.done : exitStatusOf(first);
}
