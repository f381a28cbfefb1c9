import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

/** A function that makes temporary folders, each removed after the test that asked for it. */
export function temporaryFolders(): () => string {
  const folders: string[] = [];
  afterEach(() => {
    folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'bootlap-test-'));
    folders.push(folder);
    return folder;
  };
}
