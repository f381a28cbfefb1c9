import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bootBundle } from '../rig/boot-bundle.js';
import { unpackBundle } from '../rig/bundle-project.js';
import { bootlap } from '../rig/cli.js';
import { buildGuest } from '../rig/vm-guest.js';
import { fakeBzImage } from '../rig/vm-offer.js';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

// The distribution's QEMU and a firmware that writes to the ports and no more: every boot takes a blink.

const isRoot = process.getuid?.() === 0;
const base = mkdtempSync(join(tmpdir(), 'bootlap-replay-guest-'));
const root = join(base, 'root');
let top = '';

beforeAll(async () => {
  fakeBzImage(base);
  buildGuest(join(base, 'guest'), [{ write: [0xf5, 1] }, { write: [0xf4, 3] }, { write: [0xf7, 1] }, 'hang']);
  writeFileSync(
    join(base, 'guest.yaml'),
    `name: guest
hypervisor: { source: { installed: qemu-system-x86_64 } }
firmware: { source: { file: ./guest/guest.bin } }
kernel: { source: { file: ./bzImage } }
init: none
machine: { type: pc, accel: tcg, memory: 64 }
points:
  - { name: firmware, port: 0xf5, value: 1 }
  - { name: kernel, port: 0xf4, value: 3 }
  - { name: last, port: 0xf7, value: 1 }
phases:
  - { name: tQEMU, to: firmware }
  - { name: tRest, from: firmware, to: last }
measure: { method: trace, boots: 3, warmup: 1, timeout: 20s }
`,
  );
  const archive = join(base, 'guest.tar.gz');
  const words = ['bundle', './guest.yaml', '--workspace', join(base, 'w'), '--out', archive];
  const called = await bootlap(words, { folder: base });
  expect(called.status, called.stdout + called.stderr).toBe(0);
  top = unpackBundle(archive, root);
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

test('a shell alone measures every point of each boot', () => {
  const out = join(base, 'samples.ndjson');
  const { status, stdout, stderr } = spawnSync('/bin/sh', [join(top, 'replay.sh'), '-n', '3', '-w', '1', '-o', out], {
    env: { PATH: '/nowhere' },
    encoding: 'utf8',
  });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toContain('not checked: there is no sha256sum here');
  expect(stdout).toContain('pc under tcg, 3 boots, 0 failed');
  const lines = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  expect(lines.map(({ boot, warmup, reached }) => `${boot} ${warmup} ${reached}`)).toEqual([
    'ALL true true',
    ...Array.from({ length: 3 }, () => 'ALL false true'),
  ]);
  for (const { markers } of lines) {
    expect(markers.map(({ byte }) => byte)).toEqual([1, 3, 1]);
  }
});

test('awk takes its medians from the very stamps', () => {
  const out = join(base, 'with-awk.ndjson');
  const { stdout } = spawnSync('/bin/sh', [join(top, 'replay.sh'), '-n', '3', '-o', out], { encoding: 'utf8' });
  const lines = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const stamps = lines.filter(({ warmup }) => !warmup).map(({ markers }) => markers.map(({ ns }) => Number(ns) / 1e6));
  const middle = (values: readonly number[]): string => ([...values].sort((a, b) => a - b)[1] ?? NaN).toFixed(1);
  const shown = (name: string): string => new RegExp(`^${name} +3 +([\\d.]+) ms$`, 'm').exec(stdout)?.[1] ?? stdout;
  expect(shown('firmware')).toBe(middle(stamps.map(([first = NaN]) => first)));
  expect(shown('tRest')).toBe(middle(stamps.map(([first = NaN, , last = NaN]) => last - first)));
});

test('Node alone measures it without a compiler, without a network, and compares', { skip: !isRoot }, () => {
  const words = [
    '-n',
    'env',
    'PATH=/nowhere',
    process.execPath,
    join(top, 'replay.mjs'),
    '--boots',
    '3',
    '--workspace',
    join(base, 'r'),
  ];
  const { status, stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toContain('A and B ran the same bytes on the same machine');
});

test('in a root with nothing else in it every point comes', { skip: !isRoot }, () => {
  expect(bootBundle(root, top).map(({ byte }) => byte)).toEqual([1, 3, 1]);
});

/** A line of `replay.sh`, as far as it is looked at. */
interface Line {
  readonly boot: string;
  readonly warmup: boolean;
  readonly reached: boolean;
  readonly markers: readonly { readonly byte: number; readonly ns: string }[];
}
