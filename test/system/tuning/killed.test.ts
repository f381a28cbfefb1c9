import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { packageFolder } from '../../../src/system/environment.js';
import { PUT_BACK } from '../../../src/system/tuning/put-back.js';
import { restoreLeftovers } from '../../../src/system/tuning/restore.js';
import { tuneHost } from '../../../src/system/tuning/tune.js';
import { compileSources } from '../../rig/compiled.js';
import { fakeHost, type FakeHost } from '../../rig/fake-host.js';
import { temporaryFolders } from '../../rig/folder.js';

const folder = temporaryFolders();
const BEFORE = { policy0: 'powersave', policy1: 'schedutil', turbo: '0' };
const SET = { policy0: 'performance', policy1: 'performance', turbo: '1' };

let compiled: ReturnType<typeof compileSources>;
const started: ChildProcess[] = [];

beforeAll(() => {
  compiled = compileSources();
});
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => compiled.remove());

/** A bootlap that has tuned the host and times boots; it ends in order when its standard input does. */
async function startTuning(host: FakeHost): Promise<ChildProcess> {
  return startScript(['--input-type=module', '-e', tuningScript(host)]);
}

function tuningScript({ places }: FakeHost): string {
  const { sysfs, journals, bootId } = places;
  return `
    const { tuneHost } = await import(${JSON.stringify(join(compiled.folder, 'system/tuning/tune.js'))});
    const host = await tuneHost(${JSON.stringify({ sysfs, journals, bootId })});
    console.log(host.ok ? 'tuned' : JSON.stringify(host.failure));
    process.stdin.resume().on('end', async () => {
      await host.value.end();
      process.exit(0);
    });`;
}

async function startScript(words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  started.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe('tuned\n');
  return child;
}

/** Process ids of the guards that stand by for that host. */
function guards({ places }: FakeHost): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.includes('bootlap-tuning-guard') && words.includes(places.journals);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 2000; tries += 1) {
    await pause(10);
  }
}

async function kill(child: ChildProcess, wholeGroup = false): Promise<void> {
  const gone = once(child, 'exit');
  process.kill(wholeGroup ? -Number(child.pid) : Number(child.pid), 'SIGKILL');
  await gone;
}

test.each([
  ['alone', false],
  ['with its whole process group', true],
])('a bootlap that is killed %s leaves the host as it was', async (_how, wholeGroup) => {
  const host = fakeHost(folder());
  const child = await startTuning(host);
  expect(host.values()).toEqual(SET);
  expect(guards(host)).toHaveLength(1);
  await kill(child, wholeGroup);
  await until(() => !existsSync(host.journal));
  expect(host.values()).toEqual(BEFORE);
  await until(() => guards(host).length === 0);
  expect(guards(host)).toEqual([]);
});

describe('the replay of a bundle, which is one file without others beside it,', () => {
  test('leaves the host as it was when it is killed', async () => {
    const host = fakeHost(folder());
    const aside = join(folder(), 'dist');
    cpSync(dirname(compiled.folder), dirname(aside), { recursive: true });
    // As replay.mjs: it tunes, and is what its guard becomes.
    const program = join(aside, 'one-file.js');
    const putBack = JSON.stringify(join(compiled.folder, 'system/tuning/put-back.js'));
    const tune = tuningScript(host).replaceAll(compiled.folder, aside);
    writeFileSync(
      program,
      `const { PUT_BACK, putBack } = await import(${putBack});
       if (process.argv[2] === PUT_BACK) { await putBack(process.argv.slice(3)); } else { ${tune} }`,
    );
    rmSync(join(aside, 'system/tuning/restore-main.js'));
    const child = await startScript([program]);
    expect(host.values()).toEqual(SET);
    await kill(child);
    await until(() => !existsSync(host.journal));
    expect(host.values()).toEqual(BEFORE);
  });

  test('knows the word by which its guard calls it', async () => {
    const host = fakeHost(folder());
    const child = await startTuning(host);
    guards(host).forEach((pid) => process.kill(pid, 'SIGKILL'));
    await until(() => guards(host).length === 0);
    await kill(child);
    const alone = join(folder(), 'replay.mjs');
    copyFileSync(join(packageFolder, 'dist/replay.mjs'), alone);
    const { sysfs, journals, bootId } = host.places;
    const called = spawn(process.execPath, [alone, PUT_BACK, sysfs, journals, bootId, '1', '0'], { stdio: 'inherit' });
    expect(await once(called, 'exit')).toEqual([0, null]);
    expect(host.values()).toEqual(BEFORE);
  });
});

test('the guard takes no processor time while boots are timed, and outlives what ends the programs of a terminal', async () => {
  const host = fakeHost(folder());
  const child = await startTuning(host);
  const [guard = 0] = guards(host);
  const stat = (): string[] => readFileSync(`/proc/${guard}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const voluntary = (): string | undefined =>
    /^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync(`/proc/${guard}/status`, 'utf8'))?.[1];
  await until(() => stat()[0] === 'S');
  const [times, switches] = [stat().slice(11, 13), voluntary()];
  await pause(500);
  expect(stat().slice(11, 13)).toEqual(times);
  expect(voluntary()).toBe(switches);
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.kill(guard, signal);
  }
  await pause(50);
  await kill(child);
  await until(() => !existsSync(host.journal));
  expect(host.values()).toEqual(BEFORE);
});

test('a guard goes when its bootlap has put everything back itself', async () => {
  const host = fakeHost(folder());
  const child = await startTuning(host);
  const gone = once(child, 'exit');
  child.stdin?.end();
  expect(await gone).toEqual([0, null]);
  expect(host.values()).toEqual(BEFORE);
  await until(() => guards(host).length === 0);
  expect(guards(host)).toEqual([]);
});

test('when the guard is killed as well, the next bootlap puts the values back and tells which', async () => {
  const host = fakeHost(folder());
  const child = await startTuning(host);
  guards(host).forEach((pid) => process.kill(pid, 'SIGKILL'));
  await until(() => guards(host).length === 0);
  // While it lives, nobody takes its values away.
  expect(await restoreLeftovers(host.places)).toMatchObject({ ok: true, value: { back: [] } });
  expect(host.values()).toEqual(SET);
  await kill(child);
  await pause(100);
  expect(host.values()).toEqual(SET);
  const restored = await restoreLeftovers(host.places);
  expect(restored.ok && restored.value.back.map(({ former }) => former)).toEqual(['0', 'powersave', 'schedutil']);
  expect(host.values()).toEqual(BEFORE);
  expect(existsSync(host.journal)).toBe(false);
});

test('the next one that tunes, too, comes back to what was there before the killed one', async () => {
  const host = fakeHost(folder());
  const child = await startTuning(host);
  guards(host).forEach((pid) => process.kill(pid, 'SIGKILL'));
  await kill(child);
  const next = await tuneHost(host.places);
  expect(next).toMatchObject({ ok: true, value: { state: { governor: 'set', turbo: 'set' } } });
  expect(next.ok && next.value.leftovers.back).toHaveLength(3);
  expect(host.values()).toEqual(SET);
  await (next.ok && next.value.end());
  expect(host.values()).toEqual(BEFORE);
});

test.each([['ends', false] as const, ['is killed', true] as const])(
  'of two at once, the last one puts the values back, also when it %s',
  async (_how, killed) => {
    const host = fakeHost(folder());
    const [first, second] = [await startTuning(host), await startTuning(host)];
    await kill(first);
    await until(() => guards(host).length === 1);
    expect(host.values()).toEqual(SET);
    if (killed) {
      await kill(second);
    } else {
      second.stdin?.end();
    }
    await until(() => !existsSync(host.journal));
    expect(host.values()).toEqual(BEFORE);
  },
);

test('killed at any instant, none of many that come and go leaves a value behind', async () => {
  const host = fakeHost(folder());
  for (let round = 0; round < 8; round += 1) {
    const pending = startTuning(host).catch(() => undefined);
    await pause(60 + round * 20);
    const child = started.at(-1) ?? expect.fail();
    await kill(child);
    await Promise.race([pending, pause(50)]);
  }
  await until(() => guards(host).length === 0);
  await restoreLeftovers(host.places);
  expect(host.values()).toEqual(BEFORE);
  expect(existsSync(host.journal)).toBe(false);
});
