/**
 * Why a bundle cannot be made (exit status 1; `key-unfit` 2), is not what it says (`bundle-refused`, 12), or cannot be
 * measured here (`bundle-unfit`, 3).
 */
export type BundleFailure = BundleIncomplete | BundleRefused | BundleUnfit | KeyUnfit;

/** Something that belongs into a bundle is not there any more, or not as it was. */
export interface BundleIncomplete {
  readonly reason: 'bundle-incomplete';
  /** `the kernel`, `libglib-2.0.so.0`. */
  readonly missing: string;
  readonly detail: string;
  /** The command that makes it anew. */
  readonly command: string;
}

/** A bundle that was changed, torn, made to do harm, or signed by nobody that was asked for. */
export interface BundleRefused {
  readonly reason: 'bundle-refused';
  /** Path of the archive. */
  readonly bundle: string;
  /** The first of them. */
  readonly problems: readonly BundleProblem[];
  /** How many there are besides. */
  readonly further: number;
}

/** One thing that is wrong with a bundle. */
export interface BundleProblem {
  /** Path in the bundle; missing where it is the archive itself. Hostile signs in it are escaped. */
  readonly file?: string;
  readonly detail: string;
}

/** A bundle is whole, and this machine cannot run what is in it. */
export interface BundleUnfit {
  readonly reason: 'bundle-unfit';
  /** Path of the archive or of its folder. */
  readonly bundle: string;
  readonly detail: string;
  /** The next thing to try. */
  readonly hint: string;
}

/** A key cannot be used, or not be made. */
export interface KeyUnfit {
  readonly reason: 'key-unfit';
  readonly path: string;
  readonly detail: string;
}
