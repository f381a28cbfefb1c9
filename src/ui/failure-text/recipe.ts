import type {
  FileUnfit,
  NotPinned,
  RecipeFailure,
  RecipeNotFound,
  RecipeInvalid,
  RecipeProblem,
  RecipeSyntax,
  StepUnknown,
  UnpinnedSource,
} from '../../core/failures/recipe.js';
import { count, type Explainers, type FailureText } from './text.js';

/** What is wrong in what the user wrote, in words. */
export const recipeExplainers: Explainers<RecipeFailure> = {
  'recipe-not-found': recipeNotFound,
  'recipe-syntax': recipeSyntax,
  'recipe-invalid': recipeInvalid,
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
  'file-unfit': fileUnfit,
  'lock-invalid': (failure) => ({
    headline: `${failure.line === undefined ? failure.file : `${failure.file}:${failure.line}`}: ${failure.path === '' ? '' : `${failure.path}: `}found ${failure.found}, expected ${failure.expected}`,
    details: ['nothing of it was used, and it was left as it is'],
    hint: 'correct it, take it back from version control, or remove it: then the recipe says what is taken, and, where it leaves that open, what this workspace has settled; --update settles it anew',
  }),
  'not-pinned': notPinned,
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

function recipeInvalid({ problems, in: place }: RecipeInvalid): FailureText {
  const [first, ...others] = problems.map(problemLine);
  const command = place === undefined ? 'bootlap schema' : `bootlap schema ${place}`;
  const hint = `"${command}" prints every key with what it may hold; an editor that reads it checks as you type`;
  if (first !== undefined && others.length === 0) {
    return { headline: first, details: [], hint };
  }
  return {
    headline: `${count(problems.length, 'thing')} in the ${place ?? 'recipe'} cannot be right`,
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

function notPinned({ pins }: NotPinned): FailureText {
  const packages = pins.filter(({ kind }) => kind === 'package');
  const others = pins.filter(({ kind }) => kind !== 'package');
  return {
    headline: `--frozen: ${pins.map(({ of }) => of).join(', ')} ${pins.length === 1 ? 'is' : 'are'} not pinned`,
    details: pins.map(unpinnedLine),
    hint: [
      ...(others.length === 0 ? [] : ['run "bootlap fetch" without --frozen once and commit bootlap.lock']),
      ...(packages.length === 0
        ? []
        : [
            `give the version in the recipe (--set ${packages[0]?.of ?? 'kernel'}.source.version=... does it for one call), or bring the cache of a run without --frozen`,
          ]),
    ].join('; '),
  };
}

function unpinnedLine({ of, kind, what }: UnpinnedSource): string {
  switch (kind) {
    case 'commit':
      return `${of}: neither the recipe nor bootlap.lock has the commit of ${what}`;
    case 'config':
      return `${of}: neither the recipe nor bootlap.lock has the digest of ${what}`;
    case 'package':
      return `${of}: the recipe has no version of the package ${what}, and this workspace has settled none`;
  }
}

function fileUnfit(failure: FileUnfit): FailureText {
  const { finding, hint } = explainFault(failure);
  return { headline: `${failure.path} cannot be the ${failure.component}: ${finding}`, details: [], hint };
}

const IMAGE_HINT = 'take the image that the build of the firmware ends with, such as bios.bin, and not a part of it';

function explainFault({ path, fault }: FileUnfit): { readonly finding: string; readonly hint: string } {
  switch (fault.kind) {
    case 'missing':
      return { finding: 'it is not there', hint: 'check the path, and that its build went through' };
    case 'no-file':
      return { finding: 'it is no file', hint: 'give the path of the file itself' };
    case 'unreadable':
      return { finding: 'this user may not read it', hint: 'change its rights, or take a copy of your own' };
    case 'empty':
      return { finding: 'it is empty', hint: 'build it anew: an interrupted build may have left it' };
    case 'not-executable':
      return { finding: 'it is not executable', hint: `"chmod +x ${path}" makes it so, if it is an emulator` };
    case 'odd-size':
      return {
        finding: `it has ${fault.size} bytes, and QEMU takes a firmware of whole blocks of 65536`,
        hint: IMAGE_HINT,
      };
    case 'too-big':
      return {
        finding: `it has ${fault.size} bytes, and no more than 16 MiB fit below the end of the first 4 GiB`,
        hint: IMAGE_HINT,
      };
    case 'no-kernel':
      return {
        finding: 'it is neither a bzImage nor an ELF file',
        hint: 'take arch/x86/boot/bzImage of a kernel tree, a vmlinuz of a distribution, or a vmlinux with PVH',
      };
  }
}

function stepUnknown(failure: StepUnknown): FailureText {
  return {
    headline: `${failure.option} ${failure.pattern} matches no step of this recipe`,
    details: [`its steps: ${failure.known.join(', ')}`],
    hint: stepHint(failure),
  };
}

function stepHint({ option, pattern, nearest }: StepUnknown): string {
  if (option === '--until' && /^\d+(\.\d+)?%$/.test(pattern)) {
    return `--until takes a step; to boot until the figures are that precise: --set measure.until=${pattern}`;
  }
  return nearest === undefined
    ? `take one of these or a glob over them, in quotes: ${option} 'make:*'`
    : `did you mean "${nearest}"?`;
}
