import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { sourcePackageLayout } from '../../src/steps/fetch/apt-source.js';
import { versionIn } from '../../src/steps/fetch/shape.js';
import type { AptSourcePin } from '../../src/steps/pin-document.js';
import { readPin } from '../../src/steps/pin-document.js';
import { readSourceLayout, writeSourceLayout, type SourceLayout } from '../../src/steps/source-layout.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlap-layout-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digest = digestBytes('x');

describe('source.json', () => {
  test.each<SourceLayout>([
    {
      kind: 'archives',
      version: '6.1',
      layers: [{ archive: 'a.tar.xz', strip: 1, only: 'roms/qboot', into: 'debian' }],
      series: 'd/s',
    },
    { kind: 'archives', layers: [] },
    {
      kind: 'local',
      tree: 'a'.repeat(40),
      changed: [
        { path: 'a', mode: 'deleted' },
        { path: 'b', mode: 'link', digest },
      ],
    },
    {
      kind: 'installed',
      program: 'qemu',
      package: { name: 'q', version: '1' },
      version: 'v',
      digest,
      files: [{ path: 'roms/a', digest }],
    },
  ])('is read back as it was written (%#)', (layout) => {
    expect(writeSourceLayout(folder, layout).ok).toBe(true);
    expect(readSourceLayout(folder)).toEqual({ ok: true, value: layout });
  });

  test.each([
    ['an archive outside the folder', { kind: 'archives', layers: [{ archive: '../a.tar', strip: 1 }] }, 'layers'],
    [
      'a target outside the tree',
      { kind: 'archives', layers: [{ archive: 'a.tar', strip: 1, into: '../x' }] },
      'layers',
    ],
    [
      'a changed file outside the tree',
      { kind: 'local', tree: 'a'.repeat(40), changed: [{ path: '/etc/x', mode: 'deleted' }] },
      'changed',
    ],
    [
      'a change without a digest',
      { kind: 'local', tree: 'a'.repeat(40), changed: [{ path: 'x', mode: 'file' }] },
      'changed',
    ],
    ['another kind', { kind: 'floppy' }, 'kind'],
    ['no object', 5, 'not a JSON object'],
  ])('with %s is refused, and the key is named', (_, layout, key) => {
    writeFileSync(join(folder, 'source.json'), JSON.stringify(layout));
    const result = readSourceLayout(folder);
    expect(result).toMatchObject({ ok: false, failure: { reason: 'file-trouble', code: 'EINVAL' } });
    expect(JSON.stringify(result)).toContain(key);
  });

  test('that is missing is a failure, not a crash', () => {
    expect(readSourceLayout(folder)).toMatchObject({ ok: false, failure: { reason: 'file-trouble', code: 'ENOENT' } });
  });
});

describe('pin.json', () => {
  test('of another kind or form is refused', () => {
    const path = join(folder, 'pin.json');
    for (const text of ['{"kind":"git","commit":"x"}', '{"kind":"apt"}', 'torn{']) {
      writeFileSync(path, text);
      expect(readPin(path, 'git')).toMatchObject({ ok: false, failure: { reason: 'file-trouble', code: 'EINVAL' } });
    }
  });
});

function pin(version: string, format: string, names: readonly string[]): AptSourcePin {
  const files = names.map((name) => ({ name, sha256: digest, size: 1 }));
  return { kind: 'apt-source', package: 'qemu', version, format, files };
}

describe('a source package', () => {
  const QEMU = ['q.dsc', 'qemu_7.2+dfsg.orig.tar.xz', 'qemu_7.2+dfsg-7.debian.tar.xz'];

  test('is upstream with the folder debian over it, and the series of the distribution', () => {
    expect(sourcePackageLayout(pin('1:7.2+dfsg-7', '3.0 (quilt)', QEMU), 'roms/qboot')).toEqual({
      ok: true,
      value: {
        kind: 'archives',
        version: '7.2',
        layers: [
          { archive: 'qemu_7.2+dfsg.orig.tar.xz', strip: 1, only: 'roms/qboot' },
          { archive: 'qemu_7.2+dfsg-7.debian.tar.xz', strip: 1, into: 'debian' },
        ],
        series: 'debian/patches/series',
      },
    });
  });

  test('with more upstream archives gets each in its folder, where that is part of what is wanted', () => {
    const names = [...QEMU, 'qemu_7.2+dfsg.orig-roms.tar.gz', 'qemu_7.2+dfsg.orig.tar.xz.asc'];
    const layers = (folder?: string): unknown => {
      const layout = sourcePackageLayout(pin('1:7.2+dfsg-7', '3.0 (quilt)', names), folder);
      return layout.ok ? layout.value.layers[1] : layout;
    };
    expect(layers()).toEqual({ archive: 'qemu_7.2+dfsg.orig-roms.tar.gz', strip: 1, into: 'roms' });
    expect(layers('roms/qboot')).toEqual({ archive: 'qemu_7.2+dfsg.orig-roms.tar.gz', strip: 1, only: 'qboot' });
    expect(layers('hw')).toMatchObject({ into: 'debian' });
  });

  test('of the native kind is one archive', () => {
    expect(sourcePackageLayout(pin('1.5', '3.0 (native)', ['a.dsc', 'a_1.5.tar.xz']), undefined)).toEqual({
      ok: true,
      value: { kind: 'archives', version: '1.5', layers: [{ archive: 'a_1.5.tar.xz', strip: 1 }] },
    });
  });

  test('of the old kind with a diff is refused by name', () => {
    const old = pin('1.5-1', '1.0', ['a.dsc', 'a_1.5.orig.tar.gz', 'a_1.5-1.diff.gz']);
    expect(sourcePackageLayout(old, undefined)).toMatchObject({
      ok: false,
      failure: { reason: 'package-fetch-failed' },
    });
  });
});

test.each([
  ['linux-4.18.tar.xz', '4.18'],
  ['qemu-9.1.0.tar.bz2', '9.1.0'],
  ['v6.1.2', '6.1.2'],
  ['v4.18-rc1', '4.18'],
  ['topic/virt-x86', undefined],
  ['main', undefined],
])('the version in the name %s is %s', (name, version) => {
  expect(versionIn(name)).toBe(version);
});
