import type {
  RecipeFailure,
  RecipeNotFound,
  RecipeProblem,
  RecipeSyntax,
  StepUnknown,
} from '../../core/failures/recipe.js';
import { count, type Explainers, type FailureText } from './text.js';

/** What is wrong in what the user wrote, in words. */
export const recipeExplainers: Explainers<RecipeFailure> = {
  'recipe-not-found': recipeNotFound,
  'recipe-syntax': recipeSyntax,
  'recipe-invalid': ({ problems }) => recipeInvalid(problems),
  'recipe-extends-loop': (failure) => ({
    headline: 'recipes extend each other in a circle',
    details: [failure.chain.join(' -> ')],
    hint: 'take the line "extends:" out of one of these files',
  }),
  'setting-invalid': (failure) => ({
    headline: `${failure.setting}: ${failure.detail}`,
    details: [],
    hint: '"bootlap run --help" has an example; "bootlap schema" prints every key',
  }),
  'step-unknown': stepUnknown,
  'step-not-ready': (failure) => ({
    headline: `${failure.step} cannot run: it needs what ${failure.needs} makes, which is not there yet`,
    details: ['--only and --from leave out the steps before, so their outputs have to exist already'],
    hint: `run "bootlap run --until ${failure.needs}" first, or leave --only and --from away`,
  }),
  usage: (failure) => ({
    headline: failure.message,
    details: [],
    hint: failure.hint ?? '"bootlap --help" lists the commands',
  }),
};

function recipeNotFound(failure: RecipeNotFound): FailureText {
  const named = failure.extendedBy === undefined ? '' : `, which ${failure.extendedBy} extends`;
  const file = /[/\\]|\.ya?ml$/.test(failure.recipe);
  return {
    headline: file
      ? `there is no recipe file ${failure.recipe}${named}`
      : `there is no recipe "${failure.recipe}"${named}`,
    details: [`recipes that ship: ${failure.known.join(', ')}`],
    hint:
      failure.nearest === undefined
        ? 'take one of these, or give the path of a file of your own: bootlap run ./mine.yaml'
        : `did you mean "${failure.nearest}"?`,
  };
}

function recipeSyntax(failure: RecipeSyntax): FailureText {
  return {
    headline: `${failure.file}:${failure.line}:${failure.column}: this is not valid YAML`,
    details: [failure.detail],
    quoted: [failure.excerpt, `${' '.repeat(Math.max(0, failure.column - 1))}^`],
    hint: `correct line ${failure.line}; indent with spaces, never tabs, and put a space after each ":"`,
  };
}

function recipeInvalid(problems: readonly RecipeProblem[]): FailureText {
  const [first, ...others] = problems.map(problemLine);
  const hint = '"bootlap schema" prints every key with what it may hold; an editor that reads it checks as you type';
  if (first !== undefined && others.length === 0) {
    return { headline: first, details: [], hint };
  }
  return {
    headline: `${count(problems.length, 'thing')} in the recipe cannot be right`,
    details: problems.map(problemLine),
    hint,
  };
}

function problemLine(problem: RecipeProblem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  const key = problem.path === '' ? '' : `${problem.path}: `;
  const nearest = problem.nearest === undefined ? '' : ` (did you mean "${problem.nearest}"?)`;
  return `${place}: ${key}found ${problem.found}, expected ${problem.expected}${nearest}`;
}

function stepUnknown(failure: StepUnknown): FailureText {
  return {
    headline: `${failure.option} ${failure.pattern} matches no step of this recipe`,
    details: [`its steps: ${failure.known.join(', ')}`],
    hint:
      failure.nearest === undefined
        ? `take one of these or a glob over them, in quotes: ${failure.option} 'make:*'`
        : `did you mean "${failure.nearest}"?`,
  };
}
