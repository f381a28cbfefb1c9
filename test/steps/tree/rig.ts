import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from '../../../src/core/step.js';
import { writeSourceLayout } from '../../../src/steps/source-layout.js';
import type { FileContent } from '../../../src/steps/tree/content.js';
import type { KeptTree } from '../../../src/steps/tree/kept-tree.js';
import { openTree } from '../../../src/steps/tree/open.js';
import { writePatched } from '../../../src/steps/tree/overlay.js';
import { synchroniseTree } from '../../../src/steps/tree/synchronise.js';
import { listFolder } from '../../../src/system/files.js';
import { type Bench, writeFiles } from '../../rig/context.js';

/** Leaves an archive as `fetch:kernel` does. */
export function fetchArchive(folder: string, files: Readonly<Record<string, string>>): void {
  const source = join(folder, 'out/fetch-kernel/source');
  rmSync(join(folder, 'in'), { recursive: true, force: true });
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  writeFiles(join(folder, 'in/top'), files);
  execFileSync('tar', ['-C', join(folder, 'in'), '-cf', join(source, 'a.tar'), 'top']);
  writeSourceLayout(source, { kind: 'archives', layers: [{ archive: 'a.tar', strip: 1 }] });
}

/** Leaves files as `patch:kernel` does; `undefined` for one that patches removed. */
export function patchTo(folder: string, files: Readonly<Record<string, string | FileContent | undefined>>): string {
  const patched = join(folder, 'patched');
  rmSync(patched, { recursive: true, force: true });
  const contents = Object.entries(files).map(([path, file]): [string, FileContent | undefined] => [
    path,
    typeof file === 'string' ? { mode: 'file', bytes: Buffer.from(file) } : file,
  ]);
  writePatched(patched, new Map(contents));
  return patched;
}

/** Brings the kept tree to what {@link patchTo} left, in a context like that of a step. */
export async function bringTree(
  bench: Bench,
  patched: string,
  options: { readonly local?: string; readonly clean?: boolean; readonly run?: string } = {},
): Promise<KeptTree> {
  let outcome: Awaited<ReturnType<typeof openTree>> | undefined;
  const use = async (context: StepContext) => {
    const given = { ...context, clean: options.clean ?? false, runFolder: options.run ?? context.runFolder };
    outcome = await openTree({
      component: 'kernel',
      context: given,
      neededBy: 'test',
      ...(options.local === undefined ? {} : { local: options.local }),
    });
    return outcome.ok ? synchroniseTree(outcome.value, patched) : outcome;
  };
  const inputs = { params: {}, files: {}, upstream: [], tools: [], env: [] };
  const result = await bench.run({ name: 'make:kernel', title: '', lane: 'build', inputs, outputs: {}, run: use });
  if (!result.ok || outcome?.ok !== true) {
    throw new Error(JSON.stringify(result));
  }
  return outcome.value.tree;
}

/** Path -> text of every file of a tree's sources. */
export function textsOf(source: string): Record<string, string> {
  return Object.fromEntries(
    listFolder(source)
      .filter(({ kind, path }) => kind === 'file' && !path.startsWith('build/'))
      .map(({ path }) => [path, readFileSync(join(source, path), 'utf8')]),
  );
}

/** Path -> identity of every file: it changes when the file is written. */
export function stampsOf(source: string): Record<string, string> {
  return Object.fromEntries(
    listFolder(source).map(({ path }) => {
      const { ino, mtimeMs } = statSync(join(source, path));
      return [path, `${ino} ${mtimeMs}`];
    }),
  );
}
