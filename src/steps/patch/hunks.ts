import type { applyPatch, StructuredPatchHunk } from 'diff';
import { oldLines, trailingContext, withLessContext, type BarerHunk } from './context.js';

/** Where a hunk went in. */
export interface HunkPlace {
  /** Line of the file, before this patch, at which the hunk begins, from 1. */
  readonly line: number;
  /** How many lines after the place that the patch names; negative: before it. */
  readonly offset: number;
  /** Lines of context at an end that did not count, as they differ; missing where all its lines are there. */
  readonly fuzz?: number;
}

/** How hunks met a text. */
export type HunksApplied =
  | { readonly ok: true; readonly text: string; readonly places: readonly HunkPlace[] }
  | { readonly ok: false; readonly mismatch: HunkMismatch };

/** Which hunk found no place, and how its lines and the file's differ where they come nearest. */
export interface HunkMismatch {
  /** From 1. */
  readonly hunk: number;
  readonly line: number;
  readonly expected: readonly string[];
  readonly found: readonly string[];
  readonly detail: string;
}

/** `applyPatch` of the `diff` package. */
export type ApplyPatch = typeof applyPatch;

/** How hunks are put in. */
export interface HunkApplication {
  readonly apply: ApplyPatch;
  /** So many lines of context at an end of a hunk may differ. */
  readonly fuzz: number;
}

/**
 * Applies hunks to a text, each at its line or at the nearest one where all its lines match. A hunk that matches nowhere
 * is tried again without the outermost line of its context, then without two and so on, as far as `fuzz` allows: GNU
 * patch does just so. (What `diff` calls by that name lets lines in the midst of a hunk differ.)
 */
export function applyHunks(
  text: string,
  hunks: readonly StructuredPatchHunk[],
  { apply, fuzz }: HunkApplication,
): HunksApplied {
  const tried: BarerHunk[] = hunks.map((hunk) => ({ hunk, head: 0 }));
  const fuzzes = hunks.map(() => 0);
  for (;;) {
    const result = applyExactly(
      text,
      tried.map(({ hunk }) => hunk),
      apply,
    );
    if (result.ok) {
      return { ...result, places: result.places.map((place, index) => asWhole(place, tried[index], fuzzes[index])) };
    }
    const [index, hunk] = [result.index, hunks[result.index]];
    const more = (fuzzes[index] ?? 0) + 1;
    const barer = hunk === undefined || more > fuzz ? undefined : withLessContext(hunk, more);
    if (barer === undefined) {
      return { ok: false, mismatch: explain(text, hunks, index) };
    }
    [tried[index], fuzzes[index]] = [barer, more];
  }
}

/** The place of a hunk with all its context. */
function asWhole({ line, offset }: HunkPlace, tried: BarerHunk | undefined, fuzz = 0): HunkPlace {
  return { line: line - (tried?.head ?? 0), offset, ...(fuzz === 0 ? {} : { fuzz }) };
}

type Exactly =
  | { readonly ok: true; readonly text: string; readonly places: readonly HunkPlace[] }
  /** The hunk that did not go in. */
  | { readonly ok: false; readonly index: number };

/** `diff` says neither where a hunk went in nor which one did not: both are learnt from the comparisons it makes. */
function applyExactly(text: string, hunks: readonly StructuredPatchHunk[], apply: ApplyPatch): Exactly {
  const watch = new HunkWatch(hunks);
  const result = apply(
    text,
    { oldFileName: '', newFileName: '', oldHeader: undefined, newHeader: undefined, hunks: [...hunks] },
    {
      fuzzFactor: 0,
      autoConvertLineEndings: false,
      compareLine: (...[line, there, , wanted]) => watch.compare(line, there, wanted),
    },
  );
  const disorder = watch.firstOutOfOrder();
  if (result === false || disorder !== undefined) {
    // Before it compares a line, `diff` refuses the last hunk for the end of the file.
    return { ok: false, index: watch.compared ? (disorder ?? watch.current) : hunks.length - 1 };
  }
  return { ok: true, text: result, places: watch.places };
}

/** Follows `diff` while it tries hunk after hunk: a hunk has its place when as many lines in a row match as it has. */
class HunkWatch {
  readonly places: HunkPlace[] = [];
  compared = false;
  private run = 0;
  private start = 0;

  constructor(private readonly hunks: readonly StructuredPatchHunk[]) {
    this.passEmptyHunks();
  }

  /** Index of the hunk that has no place yet. */
  get current(): number {
    return this.places.length;
  }

  compare(line: number, there: string, wanted: string): boolean {
    this.compared = true;
    const same = there === wanted;
    this.start = this.run === 0 ? line : this.start;
    this.run = same ? this.run + 1 : 0;
    const hunk = this.hunks[this.current];
    if (same && hunk !== undefined && this.run === oldLines(hunk).length) {
      this.place(hunk, this.start);
      this.run = 0;
      this.passEmptyHunks();
    }
    return same;
  }

  /** `diff` looks for a hunk at its own line first, even where the one before it has taken that line. */
  firstOutOfOrder(): number | undefined {
    let end = 0;
    for (const [index, { line }] of this.places.entries()) {
      const hunk = this.hunks[index];
      if (hunk === undefined || line < end) {
        return index;
      }
      end = line + oldLines(hunk).length - trailingContext(hunk);
    }
    return undefined;
  }

  private passEmptyHunks(): void {
    for (
      let hunk = this.hunks[this.current];
      hunk !== undefined && oldLines(hunk).length === 0;
      hunk = this.hunks[this.current]
    ) {
      this.place(hunk, hunk.oldStart + (this.places.at(-1)?.offset ?? 0));
    }
  }

  private place(hunk: StructuredPatchHunk, line: number): void {
    this.places.push({ line, offset: line - hunk.oldStart });
  }
}

const LINES_SHOWN = 4;

function explain(text: string, hunks: readonly StructuredPatchHunk[], index: number): HunkMismatch {
  const hunk = hunks[index];
  if (hunk === undefined) {
    throw new Error('a patch without hunks cannot fail');
  }
  const lines = text.split('\n');
  const wanted = oldLines(hunk);
  const start = nearestPlace(lines, wanted, hunk.oldStart - 1);
  const differing = wanted.findIndex((line, at) => lines[start + at] !== line);
  const from = Math.max(0, differing);
  const expected = wanted.slice(from, from + LINES_SHOWN);
  const found = lines.slice(start + from, start + from + LINES_SHOWN);
  return {
    hunk: index + 1,
    line: hunk.oldStart,
    expected: expected.map(readable),
    found: found.map(readable),
    detail:
      differing < 0
        ? 'the end of the file differs: its last line has or lacks a line feed'
        : detailOf(expected, found, start + from),
  };
}

function detailOf(expected: readonly string[], found: readonly string[], at: number): string {
  const bare = (line: string | undefined) => line?.replace(/\r$/, '');
  return bare(expected[0]) === bare(found[0])
    ? `the line ends differ (CRLF against LF) at line ${at + 1}`
    : `the lines differ at line ${at + 1}, the place that is most like it`;
}

/** Start (from 0) at which most of the wanted lines are; the nearest to `around` of several. */
function nearestPlace(lines: readonly string[], wanted: readonly string[], around: number): number {
  let [best, most] = [Math.max(0, around), -1];
  for (let start = 0; start < lines.length; start += 1) {
    const same = wanted.reduce((count, line, at) => count + (lines[start + at] === line ? 1 : 0), 0);
    if (same > most || (same === most && Math.abs(start - around) < Math.abs(best - around))) {
      [best, most] = [start, same];
    }
  }
  return best;
}

/** Text of a file that was read as latin1, as people read it. */
function readable(line: string): string {
  return Buffer.from(line, 'latin1').toString();
}
