import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import type { Result } from '../../src/core/result.js';
import { inWordsOfApt, updateApt, type Apt } from '../../src/system/apt.js';
import { takeFromPackage } from '../../src/system/apt-archive.js';
import { fetchBinary, fetchSource, type PackageDownload } from '../../src/system/apt-fetch.js';
import { resolveBinary, resolveSource, type BinaryPackage } from '../../src/system/apt-resolve.js';
import { upstreamVersion } from '../../src/system/apt-version.js';
import { digestFile } from '../../src/system/files.js';
import { startAptRig, type AptRig } from '../rig/apt.js';

let rig: AptRig;
let sessions = 0;

beforeEach(() => {
  rig = startAptRig();
});

afterEach(() => rig.close());

function apt(more: Partial<Apt> = {}): Apt {
  sessions += 1;
  return {
    folder: join(rig.folder, 'apt'),
    session: `${sessions}`,
    neededBy: 'pin:kernel',
    machine: rig.machine,
    ...more,
  };
}

function download(use: Apt, more: Partial<PackageDownload> = {}): PackageDownload {
  return { apt: use, downloads: join(rig.folder, 'downloads'), offline: false, onProgress: () => undefined, ...more };
}

function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) {
    throw new Error(JSON.stringify(result.failure));
  }
  return result.value;
}

/** A machine with linux-source, a meta package, at two versions. */
async function machineWithKernel(): Promise<Apt> {
  for (const version of ['6.1.1-1', '6.1.9-2']) {
    rig.binary('linux-source', version, {}, `linux-source-6.1 (= ${version})`);
    rig.binary(
      'linux-source-6.1',
      version,
      { 'usr/src/linux-source-6.1.tar.xz': `kernel ${version}` },
      'binutils, xz-utils',
    );
  }
  rig.publish();
  const use = apt();
  value(await updateApt(use));
  return use;
}

describe("the machine's own mirror", () => {
  test(
    'gives a real package and a real source package, without a change to the machine',
    { timeout: 120_000 },
    async () => {
      const before = ['/etc/apt', '/var/lib/apt/lists', '/var/cache/apt'].map((path) => statSync(path).mtimeMs);
      const use = apt({ machine: '/' });
      value(await updateApt(use));
      const source = value(await resolveSource(use, { package: 'hello' }));
      expect(source).toMatchObject({ package: 'hello', format: '3.0 (quilt)' });
      const paths = value(await fetchSource(download(use), source));
      expect(paths.map(digestFile)).toEqual(source.files.map((file) => file.sha256));
      const kernel = value(await resolveBinary(use, { package: 'linux-source' }));
      expect(kernel.package).toMatch(/^linux-source-\d/);
      const hello = value(await resolveBinary(use, { package: 'hello' }));
      expect(digestFile(value(await fetchBinary(download(use), hello)))).toBe(hello.file.sha256);
      const after = ['/etc/apt', '/var/lib/apt/lists', '/var/cache/apt'].map((path) => statSync(path).mtimeMs);
      expect(after).toEqual(before);
    },
  );
});

describe('a binary package', () => {
  test('is found at the newest version, behind its meta package', async () => {
    const found = value(await resolveBinary(await machineWithKernel(), { package: 'linux-source' }));
    expect(found).toMatchObject({ package: 'linux-source-6.1', version: '6.1.9-2' });
    expect(found.file.name).toBe('linux-source-6.1_6.1.9-2_all.deb');
  });

  test('is found at the version that a recipe asks for', async () => {
    const found = value(
      await resolveBinary(await machineWithKernel(), { package: 'linux-source', version: '6.1.1-1' }),
    );
    expect(found).toMatchObject({ package: 'linux-source-6.1', version: '6.1.1-1' });
  });

  test('that no entry offers is not found', async () => {
    const result = await resolveBinary(await machineWithKernel(), { package: 'linux-sauce' });
    expect(result).toMatchObject({
      ok: false,
      failure: { reason: 'package-not-found', package: 'linux-sauce', kind: 'binary' },
    });
  });

  test('at a version that is not offered any more is not found, and what is offered is told', async () => {
    const result = await resolveBinary(await machineWithKernel(), { package: 'linux-source', version: '6.1.5-1' });
    expect(result).toMatchObject({ ok: false, failure: { reason: 'package-not-found', version: '6.1.5-1' } });
    expect(JSON.stringify(result)).toContain('offered are 6.1.9-2, 6.1.1-1');
  });

  test('whose name is an option is not asked for', async () => {
    const result = await resolveBinary(await machineWithKernel(), { package: '-oDir::Bin=x' });
    expect(result).toMatchObject({ ok: false, failure: { reason: 'package-not-found' } });
  });

  test('is downloaded once, checked, and its archive taken out', async () => {
    const use = await machineWithKernel();
    const wanted = value(await resolveBinary(use, { package: 'linux-source' }));
    const path = value(await fetchBinary(download(use), wanted));
    expect(readdirSync(join(rig.folder, 'downloads'))).toEqual([wanted.file.sha256]);
    expect(value(await fetchBinary(download(use, { offline: true }), wanted))).toBe(path);
    const into = join(rig.folder, 'out');
    mkdirSync(into);
    const member = 'usr/src/linux-source-*.tar.xz';
    const taken = await takeFromPackage({
      archive: path,
      member,
      into,
      neededBy: 'fetch:kernel',
      onProgress: () => undefined,
    });
    expect(taken).toEqual({ ok: true, value: 'linux-source-6.1.tar.xz' });
    expect(readFileSync(join(into, 'linux-source-6.1.tar.xz'), 'utf8')).toBe('kernel 6.1.9-2');
  });

  test('is downloaded in a workspace that has no lists yet', async () => {
    const wanted = value(await resolveBinary(await machineWithKernel(), { package: 'linux-source' }));
    const fresh = apt({ folder: join(rig.folder, 'other-apt') });
    expect(digestFile(value(await fetchBinary(download(fresh), wanted)))).toBe(wanted.file.sha256);
  });

  test('with other bytes than were pinned is a mismatch, and the bytes are gone', async () => {
    const use = await machineWithKernel();
    const found = value(await resolveBinary(use, { package: 'linux-source' }));
    const wanted: BinaryPackage = { ...found, file: { ...found.file, sha256: digestBytes('other') } };
    expect(await fetchBinary(download(use), wanted)).toMatchObject({
      ok: false,
      failure: {
        reason: 'digest-mismatch',
        what: found.file.name,
        expected: wanted.file.sha256,
        found: found.file.sha256,
      },
    });
    expect(readdirSync(join(rig.folder, 'downloads'))).toEqual([]);
  });

  test('whose file on the mirror is damaged fails in the words of apt', async () => {
    const use = await machineWithKernel();
    const wanted = value(await resolveBinary(use, { package: 'linux-source' }));
    writeFileSync(join(rig.folder, 'archive', wanted.file.name), 'x'.repeat(wanted.file.size));
    const result = await fetchBinary(download(use), wanted);
    expect(result).toMatchObject({ ok: false, failure: { reason: 'package-fetch-failed' } });
    expect(JSON.stringify(result)).toMatch(/Hash Sum mismatch|unexpected size/);
  });

  test('that would need the network is not fetched offline', async () => {
    const use = await machineWithKernel();
    const wanted = value(await resolveBinary(use, { package: 'linux-source' }));
    const result = await fetchBinary(download(use, { offline: true }), wanted);
    expect(result).toEqual({ ok: false, failure: { reason: 'offline', what: 'linux-source-6.1 6.1.9-2' } });
  });
});

describe('a source package', () => {
  test('is found although the machine has entries for binary packages only, and downloaded', async () => {
    rig.source('qemu', '7.2-1');
    rig.publish();
    const use = apt();
    value(await updateApt(use));
    const found = value(await resolveSource(use, { package: 'qemu' }));
    const names = found.files.map((file) => file.name);
    expect(names).toEqual(['qemu_7.2-1.dsc', 'qemu_7.2.orig.tar.gz', 'qemu_7.2-1.debian.tar.gz']);
    const progress: number[][] = [];
    const onProgress = (done: number, total: number): void => void progress.push([done, total]);
    const paths = value(await fetchSource(download(use, { onProgress }), found));
    expect(paths.map(digestFile)).toEqual(found.files.map((file) => file.sha256));
    const total = found.files.reduce((sum, file) => sum + file.size, 0);
    expect(progress.at(-1)).toEqual([total, total]);
  });

  test('whose files are not those of its .dsc is a mismatch', async () => {
    rig.source('qemu', '7.2-1');
    rig.publish();
    const use = apt();
    value(await updateApt(use));
    const found = value(await resolveSource(use, { package: 'qemu' }));
    value(await fetchSource(download(use), found));
    const sneaked = { ...found, files: [...found.files, { name: 'more.tar.gz', sha256: digestBytes(''), size: 0 }] };
    writeFileSync(join(rig.folder, 'downloads', digestBytes('')), '');
    const result = await fetchSource(download(use), sneaked);
    expect(result).toMatchObject({
      ok: false,
      failure: { reason: 'digest-mismatch', what: 'more.tar.gz', found: 'nothing' },
    });
  });

  test('that no entry offers is not found', async () => {
    expect(await resolveSource(await machineWithKernel(), { package: 'qemu' })).toMatchObject({
      ok: false,
      failure: { reason: 'package-not-found', package: 'qemu', kind: 'source' },
    });
  });
});

describe('the lists', () => {
  test('are fetched once a run, however many steps ask', async () => {
    const use = await machineWithKernel();
    rig.binary('new', '1', {});
    rig.publish();
    value(await updateApt(use));
    expect((await resolveBinary(use, { package: 'new' })).ok).toBe(false);
    const next = apt();
    value(await updateApt(next));
    expect((await resolveBinary(next, { package: 'new' })).ok).toBe(true);
  });

  test('that cannot be fetched fail in the words of apt', async () => {
    writeFileSync(join(rig.machine, 'etc/apt/sources.list'), 'deb [trusted=yes] file:/nowhere/at/all ./\n');
    const result = await updateApt(apt());
    expect(result).toMatchObject({ ok: false, failure: { reason: 'package-fetch-failed' } });
    expect(JSON.stringify(result)).toContain('/nowhere/at/all');
  });

  test('that do not fit on the disk are not blamed on the network', () => {
    const lastLines = [
      'E: Failed to fetch http://m/Sources  Error writing to file - write (28: No space left on device)',
    ];
    const failure = { reason: 'command-failed', command: ['apt-get', 'update'], folder: '/w/apt', lastLines } as const;
    expect(inWordsOfApt(failure, 'the package lists', { folder: '/w/apt' })).toEqual({
      reason: 'disk-full',
      path: '/w/apt',
    });
  });
});

describe('a package file', () => {
  test('that is no .deb is told to be broken', async () => {
    const archive = join(rig.folder, 'x.deb');
    writeFileSync(archive, 'no package');
    const wanted = {
      archive,
      member: 'usr/src/*',
      into: rig.folder,
      neededBy: 'fetch:kernel',
      onProgress: () => undefined,
    };
    expect(await takeFromPackage(wanted)).toMatchObject({
      ok: false,
      failure: { reason: 'archive-broken', file: archive },
    });
  });

  test('without the file that is wanted says so, and writes nothing', async () => {
    const archive = rig.binary('a', '1', { 'usr/share/doc/a': 'x' });
    const wanted = {
      archive,
      member: 'usr/src/*.tar.xz',
      into: rig.folder,
      neededBy: 'fetch:kernel',
      onProgress: () => undefined,
    };
    expect(await takeFromPackage(wanted)).toMatchObject({
      ok: false,
      failure: { reason: 'archive-broken', detail: 'has no file usr/src/*.tar.xz' },
    });
    expect(existsSync(join(rig.folder, 'a'))).toBe(false);
  });

  test('with several that match gives the archive among them', async () => {
    const archive = rig.binary('a', '1', { 'usr/src/a/config': 'x', 'usr/src/a/a.tar.bz2': 'tar' });
    const wanted = {
      archive,
      member: 'usr/src/*',
      into: rig.folder,
      neededBy: 'fetch:kernel',
      onProgress: () => undefined,
    };
    expect(await takeFromPackage(wanted)).toEqual({ ok: true, value: 'a.tar.bz2' });
  });
});

test.each([
  ['1:7.2+dfsg-7+deb12u18', '7.2'],
  ['6.1.192-2', '6.1.192'],
  ['6.8.0-45.45', '6.8.0'],
  ['1:8.2.2+ds-0ubuntu1', '8.2.2'],
  ['4.18', '4.18'],
])('the upstream version of %s is %s', (version, upstream) => {
  expect(upstreamVersion(version)).toBe(upstream);
});
