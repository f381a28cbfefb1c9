import type { Digest } from '../digest.js';

/** What can go wrong between us and a server. Exit status 4. */
export type NetworkFailure =
  | Offline
  | DownloadFailed
  | DigestMismatch
  | GitRefused
  | GitFailed
  | GitUnknownRevision
  | ConfigUnavailable
  | PackageNotFound
  | PackageFetchFailed;

export interface Offline {
  readonly reason: 'offline';
  /** What would have to be fetched: `linux-source-6.1 6.1.192-2`. */
  readonly what: string;
  readonly instead?: OtherConfigs;
}

export interface DownloadFailed {
  readonly reason: 'download-failed';
  readonly file: string;
  /** Every address that was tried, and what came of it: `answered 404`, `stalled for 30 s`. */
  readonly attempts: readonly { readonly url: string; readonly detail: string }[];
}

export interface DigestMismatch {
  readonly reason: 'digest-mismatch';
  /** The file or tree. */
  readonly what: string;
  /** Where it came from. */
  readonly origin: string;
  readonly expected: Digest | string;
  readonly found: Digest | string;
  /** Where the expected digest stands, when that is not the recipe. */
  readonly heldIn?: 'bootlap.lock';
  readonly instead?: OtherConfigs;
}

/** No address has given a `.config`. */
export interface ConfigUnavailable {
  readonly reason: 'config-unavailable';
  readonly component: string;
  /** Every address that was tried, and what came of it: `answered 404`, `sent a web page`. */
  readonly attempts: readonly { readonly url: string; readonly detail: string }[];
  readonly instead?: OtherConfigs;
}

/** Configurations of the recipe that need no network. */
export interface OtherConfigs {
  readonly component: string;
  /** One at least: values for `--set <component>.config=`. */
  readonly names: readonly string[];
}

/** The address uses a transport that we do not let git use, or looks like an option. */
export interface GitRefused {
  readonly reason: 'git-refused';
  readonly url: string;
  readonly detail: string;
}

export interface GitFailed {
  readonly reason: 'git-failed';
  readonly attempts: readonly { readonly url: string; readonly detail: string }[];
}

export interface GitUnknownRevision {
  readonly reason: 'git-unknown-revision';
  readonly url: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly nearest?: string;
}

export interface PackageNotFound {
  readonly reason: 'package-not-found';
  readonly package: string;
  readonly version?: string;
  /** `source` packages need source entries, which may be what is missing. */
  readonly kind: 'binary' | 'source';
  readonly detail: string;
}

export interface PackageFetchFailed {
  readonly reason: 'package-fetch-failed';
  readonly package: string;
  /** apt's own words, last lines. */
  readonly detail: string;
}
