import { basename } from 'node:path';
import type { StructuredPatch, StructuredPatchHunk } from 'diff';
import type { PatchMalformed, PathOutside } from '../../core/failures/build.js';
import { failed, success, type Result } from '../../core/result.js';
import { splitPatch, type PatchPart } from './split.js';

/** What a patch does to one file. Names are as in the patch, before a leading folder is taken off. */
export interface FileChange {
  /** Missing where the file is new. */
  readonly oldName?: string;
  /** Missing where the file goes. */
  readonly newName?: string;
  readonly kind: 'edit' | 'rename' | 'copy';
  /** What the file becomes, where the patch says it. */
  readonly newMode?: 'file' | 'executable';
  readonly oldMode?: 'file' | 'executable';
  readonly hunks: readonly StructuredPatchHunk[];
}

/** A patch file, read. */
export interface PatchFile {
  /** As people call it: the file's name. */
  readonly name: string;
  readonly changes: readonly FileChange[];
  /** Binary files that it tells of without having their change, and the lines that do. */
  readonly binaries: readonly { readonly line: number; readonly text: string }[];
}

/**
 * Reads a patch: of git, of quilt, of plain `diff -u`, with any text around it. Every byte of `text` is one character
 * (latin1), so that files of any encoding keep their bytes.
 * Fails with `patch-malformed`, or with `path-outside` for a name that leads out of the tree.
 */
export async function parsePatchFile(
  path: string,
  text: string,
): Promise<Result<PatchFile, PatchMalformed | PathOutside>> {
  const name = basename(path);
  const parts = splitPatch(name, text);
  if (!parts.ok) {
    return parts;
  }
  const { parsePatch } = await import('diff');
  const changes: FileChange[] = [];
  for (const part of parts.value.parts) {
    const change = readPart(name, part, parsePatch);
    if (!change.ok) {
      return change;
    }
    changes.push(change.value);
  }
  if (changes.length === 0 && parts.value.binaries.length === 0) {
    return failed({ reason: 'patch-malformed', patch: name, detail: 'there is no change in it' });
  }
  return success({ name, changes, binaries: parts.value.binaries });
}

type Parser = (text: string) => StructuredPatch[];

function readPart(patch: string, part: PatchPart, parse: Parser): Result<FileChange, PatchMalformed | PathOutside> {
  const malformed = (detail: string) =>
    failed<PatchMalformed>({ reason: 'patch-malformed', patch, line: part.line, detail });
  let parsed: StructuredPatch[];
  try {
    parsed = parse(`${part.lines.join('\n')}\n`);
  } catch (error) {
    return malformed(error instanceof Error ? error.message : String(error));
  }
  const [structured] = parsed;
  if (structured === undefined) {
    return malformed('there is no change in it');
  }
  const special = [structured.oldMode, structured.newMode].find(
    (mode) => mode !== undefined && !mode.startsWith('100'),
  );
  if (special !== undefined) {
    return malformed(`it makes a symbolic link or a submodule (mode ${special}), which patches here may not`);
  }
  const change = changeOf(structured, part);
  const outside = [change.oldName, change.newName].find((name) => name !== undefined && leadsOutside(name));
  return outside === undefined
    ? success(change)
    : failed({ reason: 'path-outside', origin: patch, path: outside, detail: 'leads outside the tree' });
}

/**
 * Names of a rename without hunks. `rename from` and `rename to` lack the folder of a submodule's diff,
 * so the header counts where blanks in it leave no doubt.
 */
function headerNames({ lines }: PatchPart): readonly (string | undefined)[] {
  const hasNames = lines.some((line) => line.startsWith('--- '));
  return hasNames ? [] : (/^diff --git (\S+) (\S+)$/.exec(lines[0] ?? '')?.slice(1) ?? []);
}

function changeOf(structured: StructuredPatch, part: PatchPart): FileChange {
  const [oldHeader, newHeader] = structured.isRename === true ? headerNames(part) : [];
  const oldName = nameOf(oldHeader ?? structured.oldFileName);
  const newName = nameOf(newHeader ?? structured.newFileName);
  const oldMode = modeOf(structured.oldMode);
  const newMode = modeOf(structured.newMode);
  return {
    ...(oldName === undefined || structured.isCreate === true ? {} : { oldName }),
    ...(newName === undefined || structured.isDelete === true ? {} : { newName }),
    kind: structured.isRename === true ? 'rename' : structured.isCopy === true ? 'copy' : 'edit',
    ...(newMode === undefined ? {} : { newMode }),
    ...(oldMode === undefined ? {} : { oldMode }),
    hunks: structured.hunks,
  };
}

function nameOf(name: string | undefined): string | undefined {
  if (name === undefined || name === '' || name === '/dev/null') {
    return undefined;
  }
  // A quoted name is decoded already; any other is the latin1 reading of its bytes.
  return /[^\0-\xff]/.test(name) ? name : Buffer.from(name, 'latin1').toString();
}

function modeOf(mode: string | undefined): 'file' | 'executable' | undefined {
  return mode === undefined ? undefined : (Number.parseInt(mode, 8) & 0o100) === 0 ? 'file' : 'executable';
}

function leadsOutside(name: string): boolean {
  return name.startsWith('/') || name.split('/').includes('..');
}

/** The change that undoes a change. */
export function reverseChange(change: FileChange, reverse: (hunks: StructuredPatch) => StructuredPatch): FileChange {
  const { hunks } = reverse({
    oldFileName: '',
    newFileName: '',
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [...change.hunks],
  });
  const isCopy = change.kind === 'copy';
  return {
    ...(change.newName === undefined ? {} : { oldName: change.newName }),
    ...(change.oldName === undefined || isCopy ? {} : { newName: change.oldName }),
    kind: isCopy ? 'edit' : change.kind,
    ...(change.oldMode === undefined ? {} : { newMode: change.oldMode }),
    ...(change.newMode === undefined ? {} : { oldMode: change.newMode }),
    hunks,
  };
}
