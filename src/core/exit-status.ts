import type { Failure } from './failure.js';
import { unreachable } from './result.js';

/** Exit statuses of the command line, as the README documents them. */
export const EXIT_STATUS = {
  done: 0,
  stepFailed: 1,
  usage: 2,
  hostNotFit: 3,
  network: 4,
  notValid: 5,
  bug: 70,
  interrupted: 130,
} as const;

/** One of the documented exit statuses. */
export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];

/** The exit status that a failure gives the process. */
export function exitStatusOf(failure: Failure): ExitStatus {
  switch (failure.reason) {
    case 'recipe-not-found':
    case 'recipe-syntax':
    case 'recipe-invalid':
    case 'recipe-extends-loop':
    case 'setting-invalid':
    case 'step-unknown':
    case 'step-not-ready':
    case 'usage':
      return EXIT_STATUS.usage;
    case 'offline':
    case 'download-failed':
    case 'digest-mismatch':
    case 'git-refused':
    case 'git-failed':
    case 'git-unknown-revision':
    case 'package-not-found':
    case 'package-fetch-failed':
      return EXIT_STATUS.network;
    case 'tool-missing':
    case 'compiler-unfit':
    case 'disk-full':
    case 'not-writable':
    case 'file-trouble':
    case 'workspace-busy':
    case 'workspace-foreign':
    case 'hypervisor-unfit':
      return EXIT_STATUS.hostNotFit;
    case 'path-outside':
    case 'archive-broken':
    case 'patch-malformed':
    case 'patch-rejected':
    case 'patch-series-missing':
    case 'command-failed':
    case 'output-missing':
    case 'config-refused':
    case 'local-tree-unfit':
      return EXIT_STATUS.stepFailed;
    case 'probe-failed':
    case 'boots-failed':
      return EXIT_STATUS.notValid;
    case 'interrupted':
      return EXIT_STATUS.interrupted;
    default:
      return unreachable(failure);
  }
}

/**
 * The exit status of a run with these failures, in the order in which they came.
 * The first real one counts: steps that were ended because it failed do not hide it.
 */
export function exitStatusOfAll(failures: readonly Failure[]): ExitStatus {
  const first = failures.find((failure) => failure.reason !== 'interrupted') ?? failures[0];
  return first === undefined ? EXIT_STATUS.done : exitStatusOf(first);
}
