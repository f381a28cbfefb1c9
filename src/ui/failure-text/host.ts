import type { FileTrouble, HostFailure } from '../../core/failures/host.js';
import { liesInWorkspace } from '../../system/workspace-marker.js';
import type { Explainers, FailureText } from './text.js';

/** What this machine lacks or forbids, in words. */
export const hostExplainers: Explainers<HostFailure> = {
  'tool-missing': (failure) => ({
    headline: `${failure.tool} is not installed, and ${failure.neededBy} needs it`,
    details: [],
    hint: install(failure.package),
  }),
  'compiler-unfit': (failure) => ({
    headline: `${failure.compiler} cannot ${failure.cannot}`,
    details: [failure.detail],
    hint: install(failure.package),
  }),
  'disk-full': (failure) => ({
    headline: `the disk is full: ${failure.path} could not be written`,
    details: ['nothing torn is left behind; finished steps are kept'],
    hint: 'make room ("bootlap cache gc --max-size 2G" drops what was used least recently) or take another disk with --workspace DIR, then run again',
  }),
  'not-writable': (failure) => ({
    headline: `${failure.path} cannot be written: ${failure.detail}`,
    details: [],
    hint: 'give a folder of your own with --workspace DIR or BOOTLAP_WORKSPACE, or change the rights of this one',
  }),
  'file-trouble': fileTrouble,
  'workspace-busy': (failure) => ({
    headline: `another run holds the workspace ${failure.folder}`,
    details: [`process ${failure.pid}: ${failure.command}`],
    hint: 'wait for its end, leave --no-wait away to wait here, or take another one with --workspace DIR',
  }),
  'workspace-foreign': (failure) => ({
    headline: `${failure.folder} is not a workspace that this version can use: ${failure.detail}`,
    details: ['nothing in it was changed'],
    hint: 'give an empty or new folder with --workspace DIR',
  }),
};

function install(name: string | undefined): string {
  return name === undefined
    ? 'install it with the package manager of this machine; "bootlap doctor" shows everything that is missing'
    : `install the package ${name}; "bootlap doctor" gives the whole line to run`;
}

function fileTrouble(failure: FileTrouble): FailureText {
  if (failure.code === 'ENOENT') {
    return {
      headline: `${failure.path} is not there`,
      details: [failure.detail],
      hint: liesInWorkspace(failure.path)
        ? 'it lies in the workspace, and something removed it: run again with --clean'
        : 'check the path, and that the folder of it is there',
    };
  }
  return {
    headline: `the system refused ${failure.path} (${failure.code})`,
    details: [failure.detail],
    hint:
      failure.code === 'EIO'
        ? 'the disk reports an error: look at dmesg before going on'
        : 'look at this path, then run again',
  };
}
