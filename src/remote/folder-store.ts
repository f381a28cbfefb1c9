import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt, remove } from '../system/files.js';
import type { Answer, Place, RemoteStore } from './store.js';

/**
 * A folder that several machines see, with the layout `<shelf>/<first two letters>/<key>`. Nothing is locked: a file is
 * written under a name of its own and renamed, so that others see it as a whole or not at all, on NFS, too.
 * @param root absolute; made where it is missing
 * @param name for a person
 */
export function folderStore(root: string, name: string): RemoteStore {
  const pathOf = ({ shelf, key }: Place): string => join(root, shelf, key.slice(0, 2), key);
  return {
    host: name,
    get: (place, { path, mostBytes }) => answer(() => fetchFile(pathOf(place), path, mostBytes)),
    has: (place) => answer(() => ({ kind: existsSync(pathOf(place)) ? 'done' : 'missing' })),
    put: (place, { path }) =>
      answer(() => {
        keepFile(path, pathOf(place));
        return { kind: 'done' };
      }),
  };
}

function answer(work: () => Answer): Promise<Answer> {
  const done = attempt('the store', work);
  if (done.ok) {
    return Promise.resolve(done.value);
  }
  const { failure } = done;
  const isMissing = failure.reason === 'file-trouble' && failure.code === 'ENOENT';
  const code = failure.reason === 'file-trouble' ? failure.code : failure.reason;
  return Promise.resolve(
    isMissing ? { kind: 'missing' } : { kind: 'trouble', detail: `failed (${code})`, slow: false },
  );
}

function fetchFile(from: string, to: string, mostBytes: number): Answer {
  if (statSync(from).size > mostBytes) {
    return { kind: 'trouble', detail: 'has more bytes than there should be', slow: true };
  }
  // Another may lie there, read-only.
  remove(to);
  copyFileSync(from, to);
  return { kind: 'done' };
}

function keepFile(from: string, to: string): void {
  const folder = dirname(to);
  mkdirSync(folder, { recursive: true });
  const staged = join(folder, `.${randomUUID()}`);
  try {
    copyFileSync(from, staged);
    renameSync(staged, to);
  } catch (error) {
    remove(staged);
    throw error;
  }
}
