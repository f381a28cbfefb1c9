import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findProgram } from '../../src/system/distribution.js';
import { makeBundle, makeBundleProject, unpackBundle } from '../rig/bundle-project.js';
import { bootlap, type Called } from '../rig/cli.js';
import { entriesOf, packEntries } from '../rig/hostile-tar.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const base = mkdtempSync(join(tmpdir(), 'bootlap-replay-'));
let bundle = '';
let bare = '';
/** Unpacked. */
let top = '';

beforeAll(async () => {
  makeBundleProject(base);
  bundle = await makeBundle(base, 'w');
  bare = await makeBundle(base, 'bare', ['--no-samples']);
  top = unpackBundle(bundle, join(base, 'unpacked'));
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

const replay = (...words: string[]): Promise<Called> => bootlap(['replay', ...words], { folder: base });
const boots = (): number => readFileSync(join(base, 'vm/calls'), 'utf8').split('\n').length - 1;
const runOf = (workspace: string): string => {
  const runs = join(base, workspace, 'runs');
  return join(runs, readdirSync(runs).sort().at(-1) ?? '');
};

describe('bootlap replay', () => {
  test('measures what is in an archive, builds nothing, and compares with what was recorded', async () => {
    const { status, stdout, stderr } = await replay(bundle, '--workspace', 'r1');
    expect(status, stdout + stderr).toBe(0);
    const run = runOf('r1');
    for (const name of [
      'samples.ndjson',
      'measurement.json',
      'summary.json',
      'report.html',
      'report.md',
      'samples.csv',
    ]) {
      expect(existsSync(join(run, name)), name).toBe(true);
    }
    const { steps } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as { steps: { step: string }[] };
    expect(steps.map(({ step }) => step)).toEqual(['probe', 'measure', 'report']);
    const compared = JSON.parse(readFileSync(join(run, 'compare.json'), 'utf8')) as Record<string, unknown>;
    expect(compared).toMatchObject({ interleaved: false, changed: [], differences: [] });
    expect(readFileSync(join(run, 'recorded/samples.ndjson'), 'utf8')).toBe(
      readFileSync(join(top, 'measurement/samples.ndjson'), 'utf8'),
    );
    expect(stdout).toContain('A was recorded in the bundle, B was measured here');
    expect(readdirSync(join(base, 'r1/unpacked'))).toEqual([]);
  });

  test('boots again whenever it is called, as often as it is told', async () => {
    const before = boots();
    expect(await replay(bundle, '--workspace', 'r1', '--boots', '5')).toMatchObject({ status: 0 });
    expect(boots() - before).toBeGreaterThanOrEqual(5 * 2);
    const lines = readFileSync(join(runOf('r1'), 'samples.ndjson'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(5 * 2);
  });

  test('of a folder uses it as it is and leaves nothing in it', async () => {
    const list = (): string[] => readdirSync(top, { recursive: true }).map(String).sort();
    const before = list();
    expect(await replay(top, '--workspace', 'r3')).toMatchObject({ status: 0 });
    expect(list()).toEqual(before);
  });

  test('of a bundle without figures measures, and says that there is nothing to compare with', async () => {
    const { status, stdout } = await replay(bare, '--workspace', 'r4');
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing is compared') as string,
    });
    expect(existsSync(join(runOf('r4'), 'summary.json'))).toBe(true);
    expect(existsSync(join(runOf('r4'), 'compare.json'))).toBe(false);
  });

  test('removes what one that was killed had unpacked, and leaves alone what belongs to one that runs', async () => {
    const unpacked = join(base, 'r1/unpacked');
    const gone = spawnSync('true').pid;
    const running = `bundle-${process.pid}-0a1b2c3d`;
    for (const name of [`bundle-${gone}-0a1b2c3d`, running]) {
      mkdirSync(join(unpacked, name, 'vm'), { recursive: true });
    }
    expect(await replay(bundle, '--workspace', 'r1')).toMatchObject({ status: 0 });
    expect(readdirSync(unpacked)).toEqual([running]);
    rmSync(join(unpacked, running), { recursive: true });
  });

  test('with --json ends in the comparison', async () => {
    const { stdout } = await replay(bundle, '--workspace', 'r1', '--json');
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(last).toMatchObject({
      event: 'comparison',
      a: { name: expect.stringContaining('bootlap-tiny-') as string },
    });
  });
});

describe('bootlap replay refuses before it boots', () => {
  test('a bundle in which a file was changed, and unpacks nothing of it', async () => {
    const forged = join(base, 'changed.tar.gz');
    packAgain(forged, 'vm/hypervisor', '#!/bin/sh\n');
    const before = boots();
    const { status, stderr } = await replay(forged, '--workspace', 'r5');
    expect({ status, stderr }).toMatchObject({
      status: 12,
      stderr: expect.stringContaining('vm/hypervisor') as string,
    });
    expect(boots()).toBe(before);
    expect(existsSync(join(base, 'r5/unpacked'))).toBe(false);
  });

  test('a folder with a file too many', async () => {
    const copy = join(base, 'copy');
    execFileSync('cp', ['-r', top, copy]);
    writeFileSync(join(copy, 'vm/lib-evil.so'), '');
    expect(await replay(copy, '--workspace', 'r5')).toMatchObject({
      status: 12,
      stderr: expect.stringContaining('vm/lib-evil.so: it is not listed') as string,
    });
  });

  test.each([
    ['--set', 'kernel.source.version=1', 'is built already'],
    ['--set', 'measure.bots=1', 'did you mean "boots"'],
    ['--boots', '0', '--boots 0 is not'],
    ['--fail-if', 'tNothing > +5%', 'tNothing'],
  ])('%s %s', async (option, value, message) => {
    const before = boots();
    const { status, stderr } = await replay(bundle, '--workspace', 'r5', option, value);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining(message) as string });
    expect(boots()).toBe(before);
  });

  test('to bind the VM to a processor that is not there', async () => {
    const before = boots();
    const { status, stderr } = await replay(bundle, '--workspace', 'r5', '--set', 'measure.pin.vm=4095');
    expect({ status, stderr }).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('measure.pin.vm is 4095, and this machine has the processors ') as string,
    });
    expect(stderr).toContain('--set measure.pin=null');
    expect(boots()).toBe(before);
  });

  test('a gate where there are no figures', async () => {
    const { status, stderr } = await replay(bare, '--workspace', 'r5', '--fail-if', 'total > +5%');
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('--no-samples') as string });
  });

  test('a bundle that nobody signed, where a key is asked for', async () => {
    await bootlap(['keygen', '--out', 'ci'], { folder: base });
    expect(await replay(bundle, '--workspace', 'r5', '--key', 'ci.pub')).toMatchObject({ status: 12 });
  });
});

describe('replay.mjs', () => {
  test('measures its own bundle with nothing but Node, and writes beside it', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(top, 'replay.mjs'), '--boots', '2'], {
      cwd: top,
      env: { PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain('A was recorded in the bundle');
    expect(existsSync(`${top}.replay/runs`)).toBe(true);
    expect(spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: top }).status).toBe(0);
  });

  test('has the licences of what is in it, and no place of the machine that built it', () => {
    const text = readFileSync(join(top, 'replay.mjs'), 'utf8');
    expect(text).toMatch(/\nzod \d+\.\d+\.\d+ \(MIT\)\n/);
    expect(text).not.toMatch(/\.dist-\d+/);
    expect(text).not.toContain(process.cwd());
  });
});

/** The shells that are here. */
const SHELLS = ['sh', 'dash', 'bash', 'busybox'].filter((name) => findProgram(name) !== undefined);

describe.each(SHELLS)('replay.sh with %s', (shell) => {
  const call = (words: readonly string[], folder = top): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(shell, [...(shell === 'busybox' ? ['sh'] : []), join(folder, 'replay.sh'), ...words], {
      cwd: base,
      encoding: 'utf8',
    });

  test('boots each point, keeps a line of JSON for each boot, and shows medians', () => {
    const out = join(base, `${shell}.ndjson`);
    const { status, stdout, stderr } = call(['-n', '3', '-w', '1', '-o', out]);
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^every file is as SHA256SUMS says$/m);
    expect(stdout).toMatch(/^firmware +3 +[\d.]+ m?s$/m);
    expect(stdout).toMatch(/^tFW +1 +-?[\d.]+ m?s$/m);
    const lines = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ boot, warmup, reached }) => `${String(boot)} ${String(warmup)} ${String(reached)}`)).toEqual([
      ...['firmware true true', 'kernel true true'],
      ...Array.from({ length: 3 }, () => ['firmware false true', 'kernel false true']).flat(),
    ]);
  });

  test('overwrites nothing, and takes no option that it does not know', () => {
    expect(call(['-o', join(base, `${shell}.ndjson`)])).toMatchObject({ status: 3 });
    for (const words of [['-x'], ['more'], ['-n', '0'], ['-n', '08'], ['-w', 'x'], ['-a', 'hax']]) {
      expect(call(words).status, words.join(' ')).toBe(2);
    }
  });

  test('says in its own words that a file cannot be written, and what its options are', () => {
    const refused = call(['-o', '/nowhere/boots.ndjson']);
    expect(refused).toMatchObject({ status: 3, stderr: 'replay.sh: /nowhere/boots.ndjson cannot be written\n' });
    expect(call(['-h'])).toMatchObject({ status: 0, stdout: expect.stringContaining('-n  boots') as string });
  });

  test('finds a file that was changed, and names it', () => {
    const copy = join(base, `changed-${shell}`);
    execFileSync('cp', ['-r', top, copy]);
    writeFileSync(join(copy, 'vm/kernel'), 'another');
    const { status, stderr } = call(['-o', join(base, 'never')], copy);
    expect({ status, stderr }).toMatchObject({ status: 12, stderr: expect.stringContaining('vm/kernel') as string });
    expect(existsSync(join(base, 'never'))).toBe(false);
  });
});

test.skipIf(findProgram('shellcheck') === undefined)('shellcheck has nothing to say about replay.sh', () => {
  const { stdout } = spawnSync('shellcheck', ['-s', 'sh', join(top, 'replay.sh')], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

test('a guest that hangs is told with its point, by the command and by the script', async () => {
  const fake = join(base, 'vm/fake-hypervisor');
  const sound = readFileSync(fake, 'utf8');
  writeFileSync(
    fake,
    sound.replace('accel= machine=', 'case "$*" in *isa-debug-exit,iobase=0xf4*) sleep 20 ;; esac\naccel= machine='),
  );
  try {
    const { status, stderr } = await replay(bundle, '--workspace', 'r6', '--set', 'measure.timeout=1s');
    expect({ status, stderr }).toMatchObject({ status: 5, stderr: expect.stringContaining('kernel') as string });
    const script = readFileSync(join(top, 'replay.sh'), 'utf8').replace(/^timeout=.*$/m, 'timeout=500');
    const copy = join(base, 'hanging');
    execFileSync('cp', ['-r', top, copy]);
    writeFileSync(join(copy, 'replay.sh'), script);
    rmSync(join(copy, 'SHA256SUMS'));
    const out = join(base, 'hanging.ndjson');
    const called = spawnSync('sh', [join(copy, 'replay.sh'), '-n', '2', '-w', '0', '-o', out], { encoding: 'utf8' });
    expect(called.status, called.stderr).toBe(5);
    expect(called.stdout).toContain('4 boots, 2 failed');
  } finally {
    writeFileSync(fake, sound);
  }
});

/** The bundle with one file's content replaced. */
function packAgain(archive: string, path: string, content: string): void {
  mkdirSync(dirname(archive), { recursive: true });
  packEntries(
    archive,
    entriesOf(bundle).map((entry) =>
      entry.path.endsWith(`/${path}`) ? { ...entry, content: Buffer.from(content) } : entry,
    ),
  );
}
