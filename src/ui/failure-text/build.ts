import type {
  BuildFailure,
  BuildRemedy,
  CommandFailed,
  ConfigRefused,
  PatchRejected,
} from '../../core/failures/build.js';
import { commandLine, count, type Explainers, type FailureText } from './text.js';

/** What went wrong in unpacking, patching, configuring or making, in words. */
export const buildExplainers: Explainers<BuildFailure> = {
  'path-outside': (failure) => ({
    headline: `${failure.origin} names the path ${failure.path}, which ${failure.detail}`,
    details: ['nothing outside the tree was touched'],
    hint: 'do not use this file before you know why it does that; a good one stays inside its own folder',
  }),
  'archive-broken': (failure) => ({
    headline: `${failure.file} cannot be unpacked: ${failure.detail}`,
    details: [],
    hint: 'remove the file and run again, so that it is fetched anew',
  }),
  'patch-malformed': (failure) => ({
    headline: `${failure.patch}${failure.line === undefined ? '' : `:${failure.line}`} is not a patch that can be read`,
    details: [failure.detail],
    hint: 'make it anew as a unified diff, for example with "git diff" or "git format-patch"',
  }),
  'patch-rejected': patchRejected,
  'patch-series-missing': (failure) => ({
    headline: `there is no patch of the series ${failure.series} for version ${failure.version}`,
    details: [
      `versions that have one: ${failure.known.length === 0 ? 'none' : failure.known.join(', ')} (and newer ones up to the next)`,
    ],
    hint: `add a folder src/patches/${failure.series}/${failure.version}/, or name patch files of your own under "patches:" in the recipe`,
  }),
  'command-failed': commandFailed,
  'output-missing': (failure) => ({
    headline: `the build went through but did not make ${failure.path} (output "${failure.output}")`,
    details: [],
    hint: 'correct "outputs:" of this component in the recipe, or its "targets:" so that this file is made',
  }),
  'config-refused': configRefused,
  'local-tree-unfit': (failure) => ({
    headline: `${failure.folder} cannot be built as the ${failure.component}: ${failure.detail}`,
    details: [],
    hint: `--with ${failure.component}=PATH takes the top folder of a git working tree`,
  }),
  interrupted: (failure) => ({
    headline: failure.signal === undefined ? 'interrupted' : `interrupted by ${failure.signal}`,
    details: ['every program that was running was ended; finished steps are kept'],
    hint: 'the same command goes on from here',
  }),
};

function patchRejected(failure: PatchRejected): FailureText {
  const hunk = failure.hunk === undefined ? '' : `, hunk ${failure.hunk}`;
  const place = failure.line === undefined ? failure.file : `${failure.file}:${failure.line}`;
  return {
    headline: `${failure.patch} does not apply to ${place}${hunk}: ${failure.detail}`,
    details: ['the tree was left as it was'],
    quoted: [
      ...labelled('the patch expects:', failure.expected, '-'),
      ...labelled(`${failure.file} has:`, failure.found, '+'),
    ],
    hint: 'write the patch anew for this version of the source, or take the version that it was written for',
  };
}

function labelled(label: string, lines: readonly string[], mark: string): string[] {
  return lines.length === 0 ? [] : [label, ...lines.map((line) => `${mark} ${line}`)];
}

function commandFailed(failure: CommandFailed): FailureText {
  return {
    headline: `${failure.command[0] ?? 'a command'} ${howItEnded(failure)}`,
    details: [`command: ${commandLine(failure.command)}`, `folder:  ${failure.folder}`],
    quoted: failure.lastLines,
    hint: whatToTry(failure),
  };
}

function howItEnded(failure: CommandFailed): string {
  if (failure.timedOut === true) {
    return 'took too long and was ended';
  }
  if (failure.signal !== undefined) {
    return `was ended by ${failure.signal}`;
  }
  return failure.status === undefined ? 'failed' : `failed with status ${failure.status}`;
}

function whatToTry(failure: CommandFailed): string {
  if (failure.signal === 'SIGKILL' && failure.timedOut !== true) {
    return 'SIGKILL mostly means that memory ran out: try --jobs 1, or free some memory; "dmesg" tells';
  }
  if (failure.remedy !== undefined) {
    return whatToAdd(failure.remedy);
  }
  if (failure.command[0]?.endsWith('configure') === true) {
    return 'install what it asks for (mostly a package whose name ends in -dev or -devel), or switch that off with an argument under "options:" in the recipe; config.log in that folder has the details';
  }
  return 'correct what the first error names, then run again: it goes on from this step. --clean builds this from nothing';
}

function whatToAdd({ kind, key, add, orArgument }: BuildRemedy): string {
  const why =
    kind === 'position-independent'
      ? 'this compiler makes position-independent code by itself, and this source is linked at fixed addresses'
      : 'this compiler takes for an error what this source was never warned of';
  const or = orArgument === undefined ? '' : `, or ${orArgument} to its "options:",`;
  return `${why}: add ${key}: [${add.join(', ')}] to "build:" of this component in the recipe${or} and run again`;
}

function configRefused(failure: ConfigRefused): FailureText {
  return {
    headline: `the kernel's configuration does not take ${count(failure.symbols.length, 'setting')} of ${failure.fragment}`,
    details: failure.symbols.map(({ symbol, asked, got }) => `${symbol}: asked for ${asked}, got ${got}`),
    hint: 'a setting falls away when one that it depends on is off, or when this version has no such setting: correct the fragment',
  };
}
