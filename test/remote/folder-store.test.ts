import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { folderStore } from '../../src/remote/folder-store.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();
const never = new AbortController().signal;

test('what was put into a folder by one is got out of it by another, and nothing half-made stays there', async () => {
  const base = folder();
  const [one, other] = [folderStore(join(base, 'store'), 'one'), folderStore(join(base, 'store'), 'other')];
  const path = join(base, 'bytes');
  writeFileSync(path, 'bytes', { mode: 0o444 });
  const place = { shelf: 'cas', key: digestBytes('bytes') } as const;
  expect(await other.get(place, { path: join(base, 'got'), mostBytes: 5 }, never)).toEqual({ kind: 'missing' });
  expect(await other.has(place, never)).toEqual({ kind: 'missing' });
  // Both at once: neither waits for the other.
  const puts = await Promise.all([one, other, one].map((store) => store.put(place, { path, bytes: 5 }, never)));
  expect(puts.map(({ kind }) => kind)).toEqual(['done', 'done', 'done']);
  expect(await other.has(place, never)).toEqual({ kind: 'done' });
  for (let times = 0; times < 2; times += 1) {
    expect(await other.get(place, { path: join(base, 'got'), mostBytes: 5 }, never)).toEqual({ kind: 'done' });
  }
  expect(readFileSync(join(base, 'got'), 'utf8')).toBe('bytes');
  expect(readdirSync(join(base, 'store', 'cas', place.key.slice(0, 2)))).toEqual([place.key]);
});

test('a folder that cannot be written is trouble, and more bytes than there should be are not taken', async () => {
  const base = folder();
  writeFileSync(join(base, 'store'), 'a file is in its place');
  const path = join(base, 'bytes');
  writeFileSync(path, 'bytes');
  const place = { shelf: 'cas', key: digestBytes('bytes') } as const;
  const refused = await folderStore(join(base, 'store'), 'it').put(place, { path, bytes: 5 }, never);
  expect(refused).toMatchObject({ kind: 'trouble' });
  const store = folderStore(join(base, 'other'), 'it');
  await store.put(place, { path, bytes: 5 }, never);
  expect(await store.get(place, { path: join(base, 'got'), mostBytes: 4 }, never)).toMatchObject({ kind: 'trouble' });
  expect(existsSync(join(base, 'got'))).toBe(false);
});
