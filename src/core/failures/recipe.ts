/** What can be wrong with what the user wrote: a recipe, a setting, an argument. Exit status 2. */
export type RecipeFailure =
  | RecipeNotFound
  | RecipeSyntax
  | RecipeInvalid
  | RecipeExtendsLoop
  | SettingInvalid
  | FileUnfit
  | LockInvalid
  | NotPinned
  | StepUnknown
  | StepNotReady
  | Usage;

export interface RecipeNotFound {
  readonly reason: 'recipe-not-found';
  readonly recipe: string;
  /** Recipes that ship. */
  readonly known: readonly string[];
  readonly nearest?: string;
  /** The recipe file whose `extends` named it. */
  readonly extendedBy?: string;
}

export interface RecipeSyntax {
  readonly reason: 'recipe-syntax';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly detail: string;
  /** The line itself. */
  readonly excerpt: string;
}

export interface RecipeInvalid {
  readonly reason: 'recipe-invalid';
  readonly problems: readonly RecipeProblem[];
  /** What it is in, where it is in no recipe. */
  readonly in?: 'sweep';
}

/** One thing wrong in a recipe. */
export interface RecipeProblem {
  /** A file, or `--set`. */
  readonly file: string;
  /** From 1; missing where the key is absent. */
  readonly line?: number;
  /** `measure.boots`. */
  readonly path: string;
  /** What is there, shortly: `"many"`, `nothing`, `key "bots"`. */
  readonly found: string;
  /** What would be right: `a whole number of at least 1`. */
  readonly expected: string;
  /** The right name that is nearest to a wrong one. */
  readonly nearest?: string;
}

export interface RecipeExtendsLoop {
  readonly reason: 'recipe-extends-loop';
  /** `a.yaml`, `b.yaml`, `a.yaml`. */
  readonly chain: readonly string[];
}

export interface SettingInvalid {
  readonly reason: 'setting-invalid';
  /** As given, with its option: `--set measure.boots`. */
  readonly setting: string;
  readonly detail: string;
}

/** A finished file cannot be what it is named as: an emulator, a firmware image or a kernel. */
export interface FileUnfit {
  readonly reason: 'file-unfit';
  /** `hypervisor`, `firmware` or `kernel`. */
  readonly component: string;
  readonly path: string;
  readonly fault: FileFault;
}

/** What speaks against a file. Sizes in bytes. */
export type FileFault =
  | { readonly kind: 'missing' }
  /** A folder, a device. */
  | { readonly kind: 'no-file' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not-executable' }
  /** A firmware image that is not made of whole blocks of 64 KiB. */
  | { readonly kind: 'odd-size'; readonly size: number }
  /** A firmware image of more than 16 MiB. */
  | { readonly kind: 'too-big'; readonly size: number }
  /** Neither a bzImage nor an ELF file. */
  | { readonly kind: 'no-kernel' };

/** `bootlap.lock` is not as bootlap writes it. Nothing of it is used, and it is left as it is. */
export interface LockInvalid {
  readonly reason: 'lock-invalid';
  readonly file: string;
  /** From 1; missing where a key is wrong. */
  readonly line?: number;
  /** `recipes.nemu.firmware.commit`; empty for the file as a whole. */
  readonly path: string;
  /** What is there: `"12"`, `nothing`, `key "comit"`. */
  readonly found: string;
  /** What would be right: `a commit: 40 hexadecimal digits`. */
  readonly expected: string;
}

/** `--frozen`, and the recipe has sources of which nothing says which version is taken. */
export interface NotPinned {
  readonly reason: 'not-pinned';
  readonly pins: readonly UnpinnedSource[];
}

/** A source whose version would have to be settled first. */
export interface UnpinnedSource {
  /** `kernel`, `kernel-config`. */
  readonly of: string;
  readonly kind: 'commit' | 'config' | 'package';
  /** `main of https://...`, the address of a `.config`, the name of a package. */
  readonly what: string;
}

export interface StepUnknown {
  readonly reason: 'step-unknown';
  readonly option: string;
  readonly pattern: string;
  readonly known: readonly string[];
  readonly nearest?: string;
}

/** `--only` or `--from` left out a step whose output is needed and is not there. */
export interface StepNotReady {
  readonly reason: 'step-not-ready';
  readonly step: string;
  readonly needs: string;
}

export interface Usage {
  readonly reason: 'usage';
  readonly message: string;
  /** The next thing to try. */
  readonly hint?: string;
}
