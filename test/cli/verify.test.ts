import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootlap } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

test('what is no bundle at all is refused as that, in a process that has read none before', async () => {
  const place = folder();
  for (const content of ['', 'hello', 'x'.repeat(100_000)]) {
    const file = join(place, 'b.tar.gz');
    writeFileSync(file, content);
    const called = await bootlap(['verify', file], { folder: place });
    expect(called).toMatchObject({ status: 12 });
  }
});

test('a path that leads through a file, or is too long, is a file that cannot be read', async () => {
  const place = folder();
  writeFileSync(join(place, 'b.tar.gz'), '');
  expect(await bootlap(['verify', 'b.tar.gz/x'], { folder: place })).toMatchObject({ status: 3 });
  expect(await bootlap(['verify', 'x'.repeat(300)], { folder: place })).toMatchObject({ status: 3 });
});
