import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import type { StepEnd } from '../../src/core/event.js';
import type { Summary } from '../../src/report/summary.js';
import { findProgram } from '../../src/system/distribution.js';
import { bootBundle } from '../rig/boot-bundle.js';
import { unpackBundle } from '../rig/bundle-project.js';
import { bootlap, type Called, type CallWish } from '../rig/cli.js';
import { startNginx, withoutNginx } from '../rig/nginx.js';

// The whole recipe, with everything fetched for real: two kernels are built, one after the other. The tests follow from
// each other, as the runs of a user do.

const FEW_BOOTS = ['--set', 'measure.boots=3', '--set', 'measure.warmup=1'];
const POINTS = ['firmware', 'kernel', 'user-space', 'init'];
/** What `kernel.points=fine` adds, in the order of a boot. */
const FINE_POINTS = ['decompressor', 'start-kernel', 'start-kernel-over', 'initcalls', 'initcalls-over'];
const MEASURING = ['probe', 'measure', 'report'];

/** Only root may change the root of a process. */
const isRoot = process.getuid?.() === 0;
const folder = mkdtempSync(join(tmpdir(), 'bootlap-e2e-'));
const here = join(folder, 'here');
const elsewhere = join(folder, 'at', 'another', 'path');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the recipe "stock"', () => {
  let first: Run;
  /** Digest of the kernel as the recipe has it. */
  let kernel: string;

  beforeAll(async () => {
    first = await run(['stock', ...FEW_BOOTS]);
    kernel = built('make-kernel/bzImage');
  });

  test('in an empty workspace every step runs, and every boot comes through all points up to the first program', () => {
    expect(new Set(Object.values(statuses(first)))).toEqual(new Set(['ran']));
    const boots = samples();
    expect(boots).toHaveLength(3 + 1);
    for (const { method, outcome, markersNs } of boots) {
      expect([method, outcome, inOrder(markersNs)]).toEqual(['trace', 'reached', POINTS]);
    }
  });

  test('the figures make sense: points in their order, and most of the time goes to the kernel', () => {
    const { points, phases, boots } = summary();
    expect(boots).toMatchObject({ failed: 0, warmupFailed: 0 });
    expect(points.map(({ name, failed, statistics }) => [name, failed, statistics?.n])).toEqual(
      POINTS.map((name) => [name, 0, 3]),
    );
    const [tQEMU = NaN, tFW = NaN, tKernel = NaN, tUser = NaN] = phases.map(({ median }) => median ?? NaN);
    expect(phases.map(({ name }) => name)).toEqual(['tQEMU', 'tFW', 'tKernel', 'tUser']);
    expect(tQEMU).toBeGreaterThan(1e6);
    expect(tKernel).toBeGreaterThan(20e6);
    expect(tKernel).toBeGreaterThan(3 * tFW);
    expect(tUser).toBeGreaterThan(0);
    expect(tUser).toBeLessThan(tKernel);
  });

  test('a second run has nothing to do and shows the same figures', async () => {
    const before = summary();
    const second = await run(['stock', ...FEW_BOOTS]);
    expect(new Set(Object.values(statuses(second)))).toEqual(new Set(['fresh']));
    expect(summary()).toEqual(before);
  });

  test("the hunk of NEMU's wiki does not go into this kernel, and the message says where it fails and what stands there", async () => {
    const patch = '0001-init-exit-the-VM-before-user-space.patch';
    const patches = `kernel.patches=[{ shipped: linux/4.18/${patch} }]`;
    const words = ['run', 'stock', '--set', patches, '--until', 'patch:kernel', '--workspace', here];
    const called = await bootlap(words, { folder });
    expect(called.status, said(called)).toBe(1);
    expect(called.stderr).toContain(`patch:kernel: ${patch} does not apply to init/main.c:1070, hunk 1`);
    expect(called.stderr).toMatch(/at line \d{4}/);
    expect(called.stderr).toMatch(/init\/main\.c has:\n.*\tdo_sysctl_args\(\);/);
  });

  test('another machine is booted without building anything', async () => {
    const wish = ['stock', ...FEW_BOOTS, '--set', 'machine.memory=256'];
    expect(ran(await run(wish))).toEqual(MEASURING);
    expect(summary().machine.memoryMib).toBe(256);
  });

  test('with an exit device every boot ends at its point, that of the first program too', async () => {
    expect(ran(await run(['stock', ...FEW_BOOTS, '--set', 'measure.method=exit']))).toEqual(MEASURING);
    const boots = samples();
    expect(boots).toHaveLength(POINTS.length * (3 + 1));
    expect(new Set(boots.map(({ point, outcome, status }) => `${point} ${outcome} ${status}`))).toEqual(
      new Set(['firmware reached 3', 'kernel reached 7', 'user-space reached 5', 'init reached 3']),
    );
  });

  test("the kernel's fine points cost an incremental build, and take tKernel apart without a rest", async () => {
    const fine = await run(['stock', ...FEW_BOOTS, '--set', 'kernel.points=fine']);
    expect(ran(fine)).toEqual(['patch:kernel', 'make:kernel', ...MEASURING]);
    expect(seconds(fine, 'make:kernel')).toBeLessThan(seconds(first, 'make:kernel') / 3);
    for (const { markersNs } of samples()) {
      expect(inOrder(markersNs)).toEqual([...POINTS.slice(0, 2), ...FINE_POINTS, ...POINTS.slice(2)]);
    }
    const { phases } = summary();
    const parts = phases.filter((phase) => phase.in === 'tKernel').map(({ from, to }) => [from, to]);
    const ends = ['kernel', ...FINE_POINTS, 'user-space'];
    expect(parts).toEqual(ends.slice(1).map((to, index) => [ends[index], to]));
  });

  test('a patch and a config symbol of my own cost an incremental build, and without them the old kernel is back', async () => {
    const mine = await run([ownRecipe(), ...FEW_BOOTS, '--until', 'make:kernel']);
    expect(ran(mine)).toEqual(['patch:kernel', 'configure:kernel', 'make:kernel']);
    expect(built('make-kernel/bzImage')).not.toBe(kernel);
    expect(readFileSync(join(here, 'out/stock/configure-kernel/.config'), 'utf8')).toContain('CONFIG_PRINTK_TIME=y');
    expect(seconds(mine, 'make:kernel')).toBeLessThan(seconds(first, 'make:kernel') / 3);

    const back = await run(['stock', ...FEW_BOOTS]);
    expect(ran(back)).toEqual([]);
    expect(statuses(back)).toMatchObject({ 'make:kernel': 'restored', 'make:firmware': 'fresh' });
    expect(built('make-kernel/bzImage')).toBe(kernel);
  });

  test(
    'a second workspace takes it all from a shared cache that the first one fills: no program is compiled, none linked',
    { skip: withoutNginx },
    async () => {
      const nginx = await startNginx(mkdtempSync(join(folder, 'nginx-')));
      try {
        const login = { BOOTLAP_REMOTE_CACHE_USER: nginx.user, BOOTLAP_REMOTE_CACHE_PASSWORD: nginx.password };
        const where = { BOOTLAP_REMOTE_CACHE: nginx.address, ...login };
        expect((await bootlap(['keygen', '--out', 'team'], { folder })).status).toBe(0);
        const filling = await run(['stock', ...FEW_BOOTS], here, { ...where, BOOTLAP_REMOTE_CACHE_KEY: 'team.key' });
        expect(new Set(Object.values(statuses(filling)))).toEqual(new Set(['fresh']));

        const { path, calls } = watchedTools(join(folder, 'tools'));
        const reading = { ...where, BOOTLAP_TRUST: 'team.pub', PATH: path };
        const second = await run(['stock', ...FEW_BOOTS], join(folder, 'second'), reading);
        const shared = second.filter(({ from }) => from === new URL(nginx.address).host).map(({ step }) => step);
        expect(shared).toEqual(expect.arrayContaining(['make:kernel', 'make:firmware', 'make:init', 'make:stopwatch']));
        expect(ran(second).filter((step) => step.startsWith('make:'))).toEqual([]);
        expect(calls().length).toBeGreaterThan(0);
        expect(calls().filter((call) => !/ (--version|-dumpmachine)$/.test(call))).toEqual([]);
        expect(built('make-kernel/bzImage', join(folder, 'second'))).toBe(kernel);
      } finally {
        await nginx.close();
      }
    },
  );

  test('in another workspace at another path the same kernel and firmware come out, byte for byte', async () => {
    const again = await run(['stock', '--until', 'make:kernel', '--until', 'make:firmware'], elsewhere);
    expect(ran(again)).toContain('make:kernel');
    for (const file of ['make-kernel/bzImage', 'make-firmware/bios.bin']) {
      expect(built(file, elsewhere), file).toBe(built(file));
    }
    for (const step of ['make:kernel', 'make:firmware']) {
      expect(end(again, step).fingerprint, step).toBe(end(first, step).fingerprint);
    }
  });

  test('the bundles of both workspaces are the same, byte for byte', async () => {
    const bundles = [];
    for (const [name, workspace] of Object.entries({ here, elsewhere })) {
      const file = join(folder, `${name}.tar.gz`);
      const words = ['bundle', 'stock', '--no-samples', '--workspace', workspace, '--out', file];
      const called = await bootlap(words, { folder });
      expect(called.status, said(called)).toBe(0);
      expect(await bootlap(['verify', file], { folder })).toMatchObject({ status: 0, stderr: '' });
      bundles.push(digestBytes(readFileSync(file)));
    }
    expect(bundles[0]).toBe(bundles[1]);
  });

  test(
    'a bundle has all that its VM needs: in a root with nothing else in it every point comes',
    { skip: !isRoot },
    () => {
      const root = join(folder, 'root');
      const top = unpackBundle(join(folder, 'here.tar.gz'), root);
      expect(bootBundle(root, top).map(({ byte }) => byte)).toEqual([1, 3, 2, 1]);
    },
  );

  test(
    'a bundle is measured again with Node alone: no compiler, no network, no program of this machine',
    { skip: !isRoot },
    async () => {
      const file = join(folder, 'measured.tar.gz');
      const words = ['bundle', 'stock', ...FEW_BOOTS, '--workspace', here, '--out', file];
      const called = await bootlap(words, { folder });
      expect(called.status, said(called)).toBe(0);
      const top = unpackBundle(file, join(folder, 'measured'));
      const replayed = spawnSync('unshare', ['-n', 'env', 'PATH=/nowhere', process.execPath, join(top, 'replay.mjs')], {
        encoding: 'utf8',
      });
      expect(replayed.status, replayed.stdout + replayed.stderr).toBe(0);
      expect(replayed.stdout).toContain('A and B ran the same bytes on the same machine');
    },
  );
});

/** The step ends of a run, in the order in which they came. */
type Run = readonly StepEnd[];

async function run(
  words: readonly string[],
  workspace = here,
  environment: NonNullable<CallWish['environment']> = {},
): Promise<Run> {
  const called = await bootlap(['run', ...words, '--json', '--workspace', workspace], { folder, environment });
  expect(called.status, said(called)).toBe(0);
  const events = called.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(events.at(-1)).toMatchObject({ event: 'end', failures: [] });
  return events.filter((event): event is StepEnd => event.event === 'step');
}

/** A PATH on which the tools that build things tell of each call before they do it. */
function watchedTools(place: string): { path: string; calls: () => string[] } {
  const log = join(place, 'calls.txt');
  const { PATH = '' } = process.env;
  mkdirSync(place);
  writeFileSync(log, '');
  for (const tool of ['cc', 'gcc', 'ld', 'as', 'make', 'ninja']) {
    const real = findProgram(tool);
    if (real !== undefined) {
      const script = `#!/bin/sh\necho "${tool} $*" >> '${log}'\nexec '${real}' "$@"\n`;
      writeFileSync(join(place, tool), script, { mode: 0o755 });
    }
  }
  const calls = (): string[] => readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return { path: `${place}:${PATH}`, calls };
}

/** What a person needs to see of a call that went wrong. */
function said({ stdout, stderr }: Called): string {
  return `${stderr}\n${stdout.split('\n').slice(-20).join('\n')}`;
}

function statuses(steps: Run): Record<string, string> {
  return Object.fromEntries(
    steps.filter(({ status }) => status !== 'skipped').map(({ step, status }) => [step, status]),
  );
}

function ran(steps: Run): string[] {
  return steps.filter(({ status }) => status === 'ran').map(({ step }) => step);
}

function end(steps: Run, name: string): StepEnd {
  const found = steps.find(({ step }) => step === name);
  if (found === undefined) {
    throw new Error(`${name} did not end`);
  }
  return found;
}

function seconds(steps: Run, name: string): number {
  return end(steps, name).seconds;
}

interface Boot {
  readonly method: string;
  readonly point: string;
  readonly outcome: string;
  readonly status: number;
  readonly markersNs: Readonly<Record<string, string>>;
}

/** The points of a traced boot in the order in which their writes arrived. */
function inOrder(markersNs: Boot['markersNs']): string[] {
  return Object.entries(markersNs)
    .sort(([, one], [, other]) => Number(one) - Number(other))
    .map(([point]) => point);
}

function samples(): Boot[] {
  const text = readFileSync(join(here, 'runs/latest/samples.ndjson'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Boot);
}

function summary(): Summary {
  return JSON.parse(readFileSync(join(here, 'runs/latest/summary.json'), 'utf8')) as Summary;
}

/** The digest of an output. */
function built(file: string, workspace = here): string {
  return digestBytes(readFileSync(join(workspace, 'out/stock', file)));
}

/** A recipe of one's own beside its patch and its fragment; its name makes its outputs take the place of stock's. */
function ownRecipe(): string {
  const place = join(folder, 'mine');
  mkdirSync(place);
  writeFileSync(join(place, 'mine.config'), 'CONFIG_PRINTK_TIME=y\n');
  writeFileSync(join(place, 'mine.patch'), ownPatch('init/calibrate.c'));
  writeFileSync(
    join(place, 'mine.yaml'),
    `extends: stock
name: stock
kernel:
  patches: [{ series: linux }, ./mine.patch]
  build: { config: { fragments: [kernel/boot.config, ./mine.config] } }
`,
  );
  return join(place, 'mine.yaml');
}

/** A patch that fits whatever kernel this distribution has: it is made from the very file that it changes. */
function ownPatch(file: string): string {
  const [tree = ''] = readdirSync(join(here, 'trees')).filter((name) => name.startsWith('kernel-'));
  const before = readFileSync(join(here, 'trees', tree, 'source', file), 'utf8');
  const after = `${before}\nconst char bootlap_was_here[] = "the end-to-end test was here";\n`;
  return createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after);
}
