import type { AppliedChange, AppliedPatch } from './apply.js';
import type { HunkPlace } from './hunks.js';

/** With more hunks a notice only counts them; the log has them all. */
const HUNKS_SHOWN = 6;

/** What a patch did, in one line: `0001-x.patch: init/main.c at line 1071 (offset 1); kernel/exit.c at lines 3, 90`. */
export function noticeOf(applied: AppliedPatch): string {
  const { patch, alreadyIn, files } = applied;
  if (alreadyIn) {
    return alreadyThere(patch);
  }
  const hunks = files.flatMap((file) => file.hunks);
  return `${patch}: ${hunks.length > HUNKS_SHOWN ? counted(files, hunks) : files.map(inWords).join('; ')}`;
}

/** The same for a log, with a line for each hunk. */
export function linesOn({ patch, alreadyIn, files }: AppliedPatch): string[] {
  if (alreadyIn) {
    return [alreadyThere(patch)];
  }
  return files.flatMap((file) => [
    ...(shownHunks(file).length > 0 && file.became === undefined ? [] : [`${patch}: ${fate(file)}`]),
    ...shownHunks(file).map((hunk, at) => `${patch}: hunk ${at + 1} of ${file.path} went in at line ${place(hunk)}`),
  ]);
}

function alreadyThere(patch: string): string {
  return `${patch} is in the source already and was left out`;
}

function inWords(file: AppliedChange): string {
  const places = shownHunks(file).map(place);
  if (places.length === 0) {
    return fate(file);
  }
  const lines = `at ${places.length === 1 ? 'line' : 'lines'} ${places.join(', ')}`;
  return file.became === undefined ? `${file.path} ${lines}` : `${fate(file)}, ${lines}`;
}

function fate({ path, became }: AppliedChange): string {
  return became === undefined ? `${path} has another mode` : `${path} is ${became}`;
}

/** Of a file that comes or goes as a whole no place is worth a word. */
function shownHunks({ hunks, became }: AppliedChange): readonly HunkPlace[] {
  return became === 'new' || became === 'removed' ? [] : hunks;
}

function counted(files: readonly AppliedChange[], hunks: readonly HunkPlace[]): string {
  const inFiles = files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`;
  const moved = hunks.filter(({ offset }) => offset !== 0).length;
  const loose = hunks.filter(({ fuzz }) => fuzz !== undefined).length;
  const remarks = [
    ...(moved === 0 ? [] : [`${moved} at an offset`]),
    ...(loose === 0 ? [] : [`${loose} with fuzz`]),
  ].join(', ');
  return `${hunks.length} hunks in ${inFiles}${remarks === '' ? '' : ` (${remarks})`}`;
}

function place({ line, offset, fuzz }: HunkPlace): string {
  const remarks = [...(offset === 0 ? [] : [`offset ${offset}`]), ...(fuzz === undefined ? [] : [`with fuzz ${fuzz}`])];
  return `${line}${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}`;
}
