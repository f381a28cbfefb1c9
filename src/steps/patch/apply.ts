import type { PatchRejected, PathOutside } from '../../core/failures/build.js';
import { failed, success, type Result } from '../../core/result.js';
import type { FileContent } from '../tree/content.js';
import { applyHunks, type HunkApplication, type HunkPlace } from './hunks.js';
import { pathsOf, type ChangePaths, type Naming } from './names.js';
import { reverseChange, type FileChange, type PatchFile } from './parse.js';
import type { PatchedFiles } from './workspace.js';

/** What a patch did. */
export interface AppliedPatch {
  readonly patch: string;
  /** True: the tree has it already, and nothing was done. */
  readonly alreadyIn: boolean;
  readonly files: readonly AppliedChange[];
}

/** What a patch did to a file. */
export interface AppliedChange {
  readonly path: string;
  readonly hunks: readonly HunkPlace[];
  /** Missing where only lines of it were changed. */
  readonly became?: 'new' | 'removed' | 'renamed' | 'copied';
}

export type ApplyFailure = PatchRejected | PathOutside;

/**
 * Applies one patch to files in memory, whole or not at all.
 *
 * A patch that does not go in, or only at an offset, may be in already: then taking it out succeeds, with a smaller
 * offset. Only one that is not gets to differ in its context, by so many lines as `fuzz` says (0: none).
 * Fails with `patch-rejected` or, for a change of a symbolic link, `path-outside`.
 */
export async function applyPatchFile(
  patch: PatchFile,
  { naming, fuzz }: { readonly naming: Naming; readonly fuzz: number },
  files: PatchedFiles,
): Promise<Result<AppliedPatch, ApplyFailure>> {
  const { applyPatch, reversePatch } = await import('diff');
  const exact = { apply: applyPatch, fuzz: 0 };
  const trial = files.fork();
  const forward = applyChanges({ ...patch, naming, ...exact }, trial);
  if (!forward.ok || offsetOf(forward.value) > 0) {
    const changes = [...patch.changes].reverse().map((change) => reverseChange(change, reversePatch));
    const backward = applyChanges({ name: patch.name, changes, naming, ...exact }, files.fork());
    if (backward.ok && (!forward.ok || offsetOf(backward.value) < offsetOf(forward.value))) {
      return success({ patch: patch.name, alreadyIn: true, files: [] });
    }
  }
  if (forward.ok || fuzz === 0) {
    return forward.ok ? takenOver(forward.value, trial, files) : forward;
  }
  const loose = files.fork();
  const fuzzy = applyChanges({ ...patch, naming, apply: applyPatch, fuzz }, loose);
  return fuzzy.ok ? takenOver(fuzzy.value, loose, files) : fuzzy;
}

function takenOver(applied: AppliedPatch, trial: PatchedFiles, files: PatchedFiles): Result<AppliedPatch, never> {
  trial.changes().forEach((content, path) => files.write(path, content));
  // A change that undoes an earlier one leaves no difference to the base, and has to be taken over too.
  applied.files.forEach(({ path }) => files.write(path, trial.read(path)));
  return success(applied);
}

interface Job extends Omit<PatchFile, 'binaries'>, HunkApplication {
  readonly naming: Naming;
}

function applyChanges(job: Job, files: PatchedFiles): Result<AppliedPatch, ApplyFailure> {
  const applied: AppliedChange[] = [];
  for (const change of job.changes) {
    const paths = pathsOf(change, job.naming, files);
    if (paths === undefined) {
      continue;
    }
    const result = applyChange(job, { change, paths }, files);
    if (!result.ok) {
      return result;
    }
    applied.push({ path: paths.to ?? paths.from ?? '', hunks: result.value, ...becameOf(change, paths) });
    if (change.kind === 'rename' && paths.from !== undefined) {
      applied.push({ path: paths.from, hunks: [], became: 'removed' });
    }
  }
  return success({ patch: job.name, alreadyIn: false, files: applied });
}

function becameOf({ kind }: FileChange, { from, to }: ChangePaths): Pick<AppliedChange, 'became'> {
  if (from === undefined || to === undefined) {
    return { became: from === undefined ? 'new' : 'removed' };
  }
  return kind === 'edit' ? {} : { became: kind === 'copy' ? 'copied' : 'renamed' };
}

interface Aimed {
  readonly change: FileChange;
  readonly paths: ChangePaths;
}

function applyChange(
  job: Job,
  { change, paths }: Aimed,
  files: PatchedFiles,
): Result<readonly HunkPlace[], ApplyFailure> {
  const refused = refusal(job, { change, paths }, files);
  if (refused !== undefined) {
    return failed(refused);
  }
  const before = paths.from === undefined ? undefined : files.read(paths.from);
  const result = applyHunks(before?.bytes.toString('latin1') ?? '', change.hunks, job);
  if (!result.ok) {
    return failed({ ...rejection(job, paths), ...result.mismatch });
  }
  if (paths.to === undefined && result.text !== '') {
    const detail = 'the file has more lines than the patch takes away';
    return failed({ ...rejection(job, paths), expected: [], found: result.text.split('\n').slice(0, 4), detail });
  }
  const mode = change.newMode ?? before?.mode ?? 'file';
  writeResult({ change, paths }, { mode, bytes: Buffer.from(result.text, 'latin1') }, files);
  return success(result.places);
}

function writeResult({ change, paths: { from, to } }: Aimed, content: FileContent, files: PatchedFiles): void {
  if (from !== undefined && from !== to && change.kind !== 'copy') {
    files.write(from, undefined);
  }
  if (to !== undefined) {
    files.write(to, content);
  }
}

function refusal(job: Job, { change, paths }: Aimed, files: PatchedFiles): ApplyFailure | undefined {
  const trouble = whatForbids(paths, change, files);
  if (trouble === 'link') {
    return throughLink(job, paths.from ?? paths.to ?? '');
  }
  return trouble === undefined ? undefined : { ...rejection(job, paths), expected: [], found: [], detail: trouble };
}

function rejection(job: Job, { from, to }: ChangePaths): Pick<PatchRejected, 'reason' | 'patch' | 'file'> {
  return { reason: 'patch-rejected', patch: job.name, file: from ?? to ?? '' };
}

function throughLink(job: Job, path: string): PathOutside {
  return { reason: 'path-outside', origin: job.name, path, detail: `goes through the symbolic link ${path}` };
}

function whatForbids({ from, to }: ChangePaths, change: FileChange, files: PatchedFiles): string | undefined {
  const before = from === undefined ? undefined : files.read(from);
  const there = to === undefined ? undefined : files.read(to);
  if (before?.mode === 'link' || there?.mode === 'link') {
    return 'link';
  }
  if (from !== undefined && before === undefined) {
    return 'the file is not there';
  }
  if (from !== to && there !== undefined && there.bytes.length > 0) {
    return 'the file that it makes is there already';
  }
  return wrongMode(change, before);
}

/** A pure change of mode that has been made leaves nothing else to tell that it is in. */
function wrongMode(change: FileChange, before: FileContent | undefined): string | undefined {
  const pure = change.hunks.length === 0 && change.kind === 'edit' && before !== undefined;
  return pure && change.oldMode !== undefined && change.newMode !== undefined && before.mode !== change.oldMode
    ? `the file is ${before.mode === 'executable' ? 'executable' : 'not executable'} already`
    : undefined;
}

function offsetOf(applied: AppliedPatch): number {
  return applied.files.flatMap(({ hunks }) => hunks).reduce((sum, { offset }) => sum + Math.abs(offset), 0);
}
