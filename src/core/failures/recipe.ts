/** What can be wrong with what the user wrote: a recipe, a setting, an argument. Exit status 2. */
export type RecipeFailure =
  | RecipeNotFound
  | RecipeSyntax
  | RecipeInvalid
  | RecipeExtendsLoop
  | SettingInvalid
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
