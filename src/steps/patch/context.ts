import type { StructuredPatchHunk } from 'diff';

/** The lines that a hunk wants to find, without their signs. */
export function oldLines(hunk: StructuredPatchHunk): string[] {
  return hunk.lines.filter((line) => line.startsWith(' ') || line.startsWith('-')).map((line) => line.slice(1));
}

/** How many lines of context stand behind the last change of a hunk. */
export function trailingContext(hunk: StructuredPatchHunk): number {
  const lines = hunk.lines.filter((line) => !line.startsWith('\\'));
  const last = lines.findLastIndex((line) => !line.startsWith(' '));
  return lines.length - 1 - last;
}

/** How many lines of context stand before the first change of a hunk. */
function leadingContext(hunk: StructuredPatchHunk): number {
  return hunk.lines.findIndex((line) => !line.startsWith(' '));
}

/** A hunk with some of its context taken away. */
export interface BarerHunk {
  readonly hunk: StructuredPatchHunk;
  /** How many lines are gone from its beginning. */
  readonly head: number;
}

/**
 * A hunk without so many of the outermost lines of its context, from the end that has more of it first, as GNU patch
 * does. `undefined` where there is no more context to take, or no line would be left that says where it belongs.
 */
export function withLessContext(hunk: StructuredPatchHunk, fuzz: number): BarerHunk | undefined {
  const [before, after] = [leadingContext(hunk), trailingContext(hunk)];
  const kept = Math.max(before, after) - fuzz;
  if (kept < 0) {
    return undefined;
  }
  const [head, tail] = [Math.max(0, before - kept), Math.max(0, after - kept)];
  const end = tail === 0 ? hunk.lines.length : endOfChanges(hunk) + after - tail;
  const barer = {
    oldStart: hunk.oldStart + head,
    oldLines: hunk.oldLines - head - tail,
    newStart: hunk.newStart + head,
    newLines: hunk.newLines - head - tail,
    lines: hunk.lines.slice(head, end),
  };
  return barer.oldLines === 0 ? undefined : { hunk: barer, head };
}

/** Index of the line behind the last change; a remark about the end of the file is none. */
function endOfChanges({ lines }: StructuredPatchHunk): number {
  return lines.findLastIndex((line) => line.startsWith('+') || line.startsWith('-')) + 1;
}
