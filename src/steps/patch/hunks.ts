import type { applyPatch, StructuredPatchHunk } from 'diff';

/** Where a hunk went in. */
export interface HunkPlace {
  /** Line of the file, before this patch, at which the hunk begins, from 1. */
  readonly line: number;
  /** How many lines after the place that the patch names; negative: before it. */
  readonly offset: number;
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

/**
 * Applies hunks to a text, each at its line or at the nearest one where all its lines match; no line may differ.
 * `diff` says neither where a hunk went in nor which one did not: both are learnt from the comparisons it makes.
 */
export function applyHunks(text: string, hunks: readonly StructuredPatchHunk[], apply: ApplyPatch): HunksApplied {
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
    const index = watch.compared ? (disorder ?? watch.current) : hunks.length - 1;
    return { ok: false, mismatch: explain(text, hunks, index) };
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

function oldLines(hunk: StructuredPatchHunk): string[] {
  return hunk.lines.filter((line) => line.startsWith(' ') || line.startsWith('-')).map((line) => line.slice(1));
}

function trailingContext(hunk: StructuredPatchHunk): number {
  const lines = hunk.lines.filter((line) => !line.startsWith('\\'));
  const last = lines.findLastIndex((line) => !line.startsWith(' '));
  return lines.length - 1 - last;
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
