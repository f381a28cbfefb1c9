/** A failure in words that need no knowledge of our code. */
export interface FailureText {
  /** What failed, in one sentence without a full stop: `make ended with status 2`. */
  readonly headline: string;
  /** Where, what was found and what would be right; a sentence or a `key: value` each. */
  readonly details: readonly string[];
  /** The last words of the program or guest that failed, as they came. */
  readonly quoted?: readonly string[];
  /** The next thing to try. */
  readonly hint: string;
}

/** One explanation for each reason of a group; it does not compile while one is missing. */
export type Explainers<F extends { readonly reason: string }> = {
  readonly [R in F['reason']]: (failure: Extract<F, { readonly reason: R }>) => FailureText;
};

/** `"a", "b" or "c"`. */
export function alternatives(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  const last = quoted.pop();
  return quoted.length === 0 ? (last ?? 'nothing') : `${quoted.join(', ')} or ${last ?? ''}`;
}

/** Of a recipe with a matrix, which of its machines a failure is of: `memory=128 cpus=2: `. */
export function cellPrefix({ cell }: { readonly cell?: string }): string {
  return cell === undefined ? '' : `${cell}: `;
}

/** `2 boots`, `1 boot`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A command as one would type it: arguments with spaces or signs of the shell in quotes. */
export function commandLine(command: readonly string[]): string {
  return command.map(shellWord).join(' ');
}

const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

function shellWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
