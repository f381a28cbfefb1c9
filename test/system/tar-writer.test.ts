import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { readTarGz } from '../../src/system/tar-reader.js';
import { textFile, writeTarGz, type TarFile } from '../../src/system/tar-writer.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

function fileOf(base: string, name: string, content: string): TarFile {
  const file = join(base, name);
  writeFileSync(file, content, { mode: 0o600 });
  return {
    path: `top/${name}`,
    executable: false,
    bytes: Buffer.byteLength(content),
    digest: digestBytes(content),
    content: { file },
  };
}

test('an archive hangs on paths, modes and contents alone, and the tar of the system reads it', async () => {
  const base = folder();
  const files = [fileOf(base, 'a', 'x'.repeat(512)), textFile('top/b', 'text', true), fileOf(base, 'c', '')];
  const first = await writeTarGz(join(base, '1.tar.gz'), files);
  utimesSync(join(base, 'a'), 1, 1);
  const second = await writeTarGz(join(base, '2.tar.gz'), files);
  expect(first).toEqual(second);
  const bytes = readFileSync(join(base, '1.tar.gz'));
  expect(readFileSync(join(base, '2.tar.gz')).equals(bytes)).toBe(true);
  expect(first).toEqual({ ok: true, value: { bytes: bytes.length, digest: digestBytes(bytes) } });
  // No name, no time, no operating system.
  expect(bytes.subarray(0, 10).toString('hex')).toMatch(/^1f8b0800(?:00){4}..ff$/);
  const listed = execFileSync('tar', ['tvzf', join(base, '1.tar.gz'), '--utc'], { encoding: 'utf8' });
  expect(listed.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
    '-rw-r--r-- 0/0 512 1980-01-01 00:00 top/a',
    '-rwxr-xr-x 0/0 4 1980-01-01 00:00 top/b',
    '-rw-r--r-- 0/0 0 1980-01-01 00:00 top/c',
    '',
  ]);
});

test('a file that is changed after it was digested makes no archive, and nothing is left behind', async () => {
  const base = folder();
  const file = fileOf(base, 'a', 'before');
  writeFileSync(join(base, 'a'), 'behind');
  const written = await writeTarGz(join(base, 'x.tar.gz'), [file]);
  expect(written).toMatchObject({ ok: false, failure: { reason: 'file-trouble', path: join(base, 'a') } });
  expect(existsSync(join(base, 'x.tar.gz'))).toBe(false);
  expect(readdirSync(base)).toEqual(['a']);
});

test('what is read back is what was written', async () => {
  const base = folder();
  const content = 'y'.repeat(3_000_000);
  await writeTarGz(join(base, 'x.tar.gz'), [fileOf(base, 'large', content), textFile('top/z', 'kept')]);
  const bounds = { entries: 9, fileBytes: 1e9, totalBytes: 1e9, ratio: 1e6, textBytes: 100 };
  const read = await readTarGz({ file: join(base, 'x.tar.gz'), bounds, wantsText: (path) => path === 'top/z' });
  expect(read).toMatchObject({
    ok: true,
    value: {
      entries: [
        { path: 'top/large', bytes: content.length, digest: digestBytes(content), executable: false },
        { path: 'top/z', text: 'kept', digest: digestBytes('kept') },
      ],
    },
  });
});
