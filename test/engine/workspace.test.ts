import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWorkspace } from '../../src/engine/workspace.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

test('a workspace is made with the folders above it', () => {
  const place = join(folder(), 'a', 'b');
  expect(openWorkspace(place).ok).toBe(true);
  expect(existsSync(place)).toBe(true);
});

test('where no folder can be made, that is said and not tried for ever', () => {
  expect(openWorkspace('/proc/bootlap/workspace')).toMatchObject({ ok: false });
});
