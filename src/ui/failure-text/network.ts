import type {
  DigestMismatch,
  GitUnknownRevision,
  NetworkFailure,
  OtherConfigs,
  PackageNotFound,
} from '../../core/failures/network.js';
import { alternatives, type Explainers, type FailureText } from './text.js';

const TRY_AGAIN = 'check the connection and run again; a download that was under way goes on where it stopped';

/** What went wrong between this machine and a server, in words. */
export const networkExplainers: Explainers<NetworkFailure> = {
  offline: (failure) => ({
    headline: `${failure.what} is not on this machine yet, and --offline forbids to fetch it`,
    details: [],
    hint: `run "bootlap fetch" with the same recipe once, with the network there; after that --offline works${orInstead(failure.instead)}`,
  }),
  'download-failed': (failure) => ({
    headline: `${failure.file} could not be downloaded from ${places(failure.attempts.length)}`,
    details: failure.attempts.map((attempt) => `${attempt.url}: ${attempt.detail}`),
    hint: `${TRY_AGAIN}; "mirrors:" beside its "url:" in the recipe takes further addresses of the same file`,
  }),
  'digest-mismatch': digestMismatch,
  'git-refused': (failure) => ({
    headline: `git is not asked to fetch from ${failure.url}: ${failure.detail}`,
    details: ['addresses may begin with https://, ssh:// or file://'],
    hint: 'correct "git:" of this component in the recipe',
  }),
  'git-failed': (failure) => ({
    headline: `git could not fetch from ${places(failure.attempts.length)}`,
    details: failure.attempts.map((attempt) => `${attempt.url}: ${attempt.detail}`),
    hint: `${TRY_AGAIN}; "mirrors:" beside its "git:" in the recipe takes further addresses of the same repository`,
  }),
  'git-unknown-revision': unknownRevision,
  'config-unavailable': (failure) => ({
    headline: `the .config of the ${failure.component} could not be had from ${places(failure.attempts.length)}`,
    details: failure.attempts.map((attempt) => `${attempt.url}: ${attempt.detail}`),
    hint: `check the connection and "url:" of its "base:" in the recipe, and run again${orInstead(failure.instead)}`,
  }),
  'package-not-found': packageNotFound,
  'package-fetch-failed': (failure) => ({
    headline: `apt could not fetch ${failure.package}`,
    details: ['apt said:'],
    quoted: failure.detail.split('\n'),
    hint: 'check the connection and run again; "bootlap doctor" checks the package sources of this machine',
  }),
};

function places(addresses: number): string {
  return addresses === 1 ? 'its only address' : `any of its ${addresses} addresses`;
}

/** The end of a hint: what does without the network. */
function orInstead(instead: OtherConfigs | undefined): string {
  const settings = instead?.names.map((name) => `--set ${instead.component}.config=${name}`) ?? [];
  return settings.length === 0 ? '' : `; ${alternatives(settings)} works without it`;
}

function digestMismatch(failure: DigestMismatch): FailureText {
  const isLocked = failure.heldIn !== undefined;
  const meant = isLocked ? '--update takes the new bytes and holds those' : 'put the found digest into the recipe';
  return {
    headline: isLocked
      ? `${failure.what} is not what it was at first: its digest differs from the one held in ${failure.heldIn}`
      : `${failure.what} is not what the recipe pins: its digest differs`,
    details: [`from:     ${failure.origin}`, `expected: ${failure.expected}`, `found:    ${failure.found}`],
    hint: `it was not used; somebody changed the file or the transfer spoiled it. If the change is meant, ${meant}${orInstead(failure.instead)}`,
  };
}

function unknownRevision(failure: GitUnknownRevision): FailureText {
  return {
    headline: `${failure.url} has no branch, tag or commit "${failure.revision}"`,
    details: [],
    hint:
      failure.nearest === undefined
        ? 'correct "branch:" or "commit:" of this component in the recipe (or its entry in bootlap.lock, which --update renews); "git ls-remote" lists what is there'
        : `did you mean "${failure.nearest}"?`,
  };
}

function packageNotFound(failure: PackageNotFound): FailureText {
  const version = failure.version === undefined ? '' : ` ${failure.version}`;
  const source = failure.kind === 'source' ? 'source package' : 'package';
  return {
    headline: `the package sources of this machine have no ${source} ${failure.package}${version}`,
    details: [failure.detail],
    hint:
      failure.version === undefined
        ? '"bootlap doctor" checks the package sources; on another distribution name its package in the recipe'
        : 'take "version:" out of the recipe to get the version that is there now, or run with --update',
  };
}
