import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { MeasurementRecord } from '../../src/measure/measurement-record.js';
import { parseSamples, type Sample } from '../../src/measure/samples.js';
import { bootlap, type Called } from '../rig/cli.js';
import { writeFinishedFiles, writeFinishedRecipe } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';
import { offeringHypervisor, QEMU_HELP } from '../rig/vm-offer.js';

const folder = temporaryFolders();

let base: string;

/** A recipe of finished files. Its hypervisor counts its starts. */
beforeEach(() => {
  base = folder();
  const body = `echo >> ${base}/booted
case "$port" in
  0xf5) exit 3 ;;
  0xf6) exit 5 ;;
esac`;
  writeFinishedFiles(base, { body, measure: '{ method: exit, boots: 2, warmup: 1 }' });
});

const call = (...words: string[]): Promise<Called> =>
  bootlap(['run', './fake.yaml', ...words, '--workspace', 'w'], { folder: base });

const latest = (name: string): string => readFileSync(join(base, 'w', 'runs', 'latest', name), 'utf8');
const samples = (): Sample[] => parseSamples(latest('samples.ndjson'));
const booted = (): number => (existsSync(join(base, 'booted')) ? readFileSync(join(base, 'booted')).length : 0);

describe('boots with the same settings', () => {
  test('are added to those that are there when more are asked for', async () => {
    expect(await call()).toMatchObject({ status: 0, stderr: '' });
    // Two of the probe, two of the warm-up, two for each point.
    expect(booted()).toBe(2 + 2 + 4);
    const first = samples();
    const { status, stdout } = await call('--set', 'measure.boots=5');
    expect(status).toBe(0);
    expect(stdout).toContain('6 boots are there from before (2 of the warm-up), 6 are made now');
    expect(booted()).toBe(2 + 2 + 10);
    expect(samples().slice(0, 6)).toEqual(first);
    const record = JSON.parse(latest('measurement.json')) as MeasurementRecord;
    expect(record).toMatchObject({ sessions: 2, plan: { boots: 5 }, sessionList: [{ boots: 6 }, { boots: 6 }] });
  });

  test('can be added by how many more there shall be, again and again', async () => {
    expect((await call('--more', '2')).stdout).toContain('nothing has been booted with these settings yet');
    expect(samples()).toHaveLength(2 + 4);
    const { stdout } = await call('--more', '3');
    expect(stdout).toContain('--more: 5 boots for each point, 2 of which are there (--set measure.boots=5)');
    expect(samples()).toHaveLength(2 + 10);
    await call('--more', '1');
    expect(samples()).toHaveLength(2 + 12);
    expect(samples().at(-1)?.session).toBe(3);
    expect(booted()).toBe(2 + 2 + 12);
  });

  test('of which not all are shown are told, with what shows them', async () => {
    await call();
    await call('--more', '3');
    for (const again of [await call(), await call()]) {
      expect(again.stdout).toContain(
        '5 boots for each point are there; these are the first 2, --set measure.boots=5 shows all',
      );
    }
    const all = await call('--set', 'measure.boots=5');
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(all.stdout).not.toContain('boots for each point are there');
    expect(booted()).toBe(2 + 2 + 10);
  });

  test.each([
    [['--force', 'measure'], '--force measure throws them away'],
    [['--force', 'm*'], '--force m* throws them away'],
    [['--clean'], '--clean throws them away'],
  ])('are not added to and thrown away by %j at once', async (words, complaint) => {
    const { status, stderr } = await call('--more', '3', ...words);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
    expect(booted()).toBe(0);
  });

  test('begin anew by force', async () => {
    await call();
    await call('--force', 'measure');
    expect(booted()).toBe(2 + 6 + 6);
    expect(samples().every(({ session }) => session === 1)).toBe(true);
  });

  test('are not those of another machine', async () => {
    await call();
    const { stdout } = await call('--more', '3', '--set', 'machine.memory=128');
    expect(stdout).toContain('3 boots for each point');
    expect(samples()).toHaveLength(2 + 6);
  });

  test('keep the share of a point that gets fewer', async () => {
    writeFinishedRecipe(base, { measure: '{ method: exit, boots: 4, warmup: 0 }', lastPoint: ', boots: 2' });
    await call();
    const { stdout } = await call('--more', '1');
    expect(stdout).toContain('6 boots for each point, 4 of which are there');
    expect(samples().filter(({ point }) => point === 'user-space')).toHaveLength(3);
    expect(samples()).toHaveLength(9);
    expect(booted()).toBe(2 + 9);
  });
});

test('a number in the place of a rule says so', async () => {
  const { stdout } = await call('--set', 'measure.until=90%', '--more', '2');
  expect(stdout).toContain('2 boots for each point, in the place of measure.until=90%');
  expect(samples()).toHaveLength(2 + 4);
});

test('a number of boots that is none is refused', async () => {
  const { status, stderr } = await call('--more', 'many');
  expect(status).toBe(2);
  expect(stderr).toContain('--more many is not a whole number');
});

describe('a rule in the place of a number of boots', () => {
  test('boots until the interval is narrow, which is recorded, and fewer boots are then taken of those', async () => {
    writeFinishedRecipe(base, { measure: '{ method: exit, until: 90%, warmup: 1 }' });
    expect(await call()).toMatchObject({ status: 0, stderr: '' });
    const record = JSON.parse(latest('measurement.json')) as MeasurementRecord;
    expect(record.stopped).toMatchObject({ by: 'precision', asked: { until: '90%', 'max-boots': 1000 } });
    expect(record.stopped?.boots).toBeGreaterThanOrEqual(10);
    expect(record.stopped?.width).toBeLessThan(0.9);
    expect(record.plan.boots).toBe(record.stopped?.boots);
    const made = booted();
    writeFinishedRecipe(base, { measure: '{ method: exit, boots: 4, warmup: 1 }' });
    await call();
    expect(booted()).toBe(made);
    expect(samples()).toHaveLength(2 + 8);
  });

  test('says at the cap how precise it is, and goes on where it was with a higher one', async () => {
    writeFinishedRecipe(base, { measure: '{ method: exit, until: 0.001%, max-boots: 4, warmup: 0 }' });
    const { status, stdout } = await call();
    expect(status).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/measure\.max-boots \(4\) came before the precision: after 4 boots/);
    await call('--set', 'measure.max-boots=6');
    expect(booted()).toBe(2 + 12);
    const record = JSON.parse(latest('measurement.json')) as MeasurementRecord;
    expect(record).toMatchObject({ sessions: 2, stopped: { by: 'cap', boots: 6 } });
  });

  test('boots for a time', async () => {
    writeFinishedRecipe(base, { measure: '{ method: exit, for: 20ms, warmup: 0 }' });
    await call();
    const record = JSON.parse(latest('measurement.json')) as MeasurementRecord;
    expect(record.stopped).toMatchObject({ by: 'time', asked: { for: '20ms' } });
    const total = samples().reduce((sum, { elapsedNs }) => sum + Number(elapsedNs), 0);
    expect(total).toBeGreaterThanOrEqual(20e6);
    expect(Number(record.stopped?.elapsedNs)).toBe(total);
  });

  test('ends early where every boot fails', async () => {
    offeringHypervisor(
      join(base, 'vm'),
      QEMU_HELP,
      `echo >> ${base}/booted
[ $(wc -l < ${base}/booted) -le 2 ] || exit 0
case "$port" in 0xf5) exit 3 ;; 0xf6) exit 5 ;; esac`,
    );
    writeFinishedRecipe(base, { measure: '{ method: exit, until: 1%, boots: 10, warmup: 0 }' });
    const { status, stderr } = await call();
    expect(status).toBe(5);
    expect(stderr).toContain('did not end as they must');
    expect(booted()).toBeLessThan(10);
  });
});

describe('a comparison', () => {
  const compare = (...words: string[]): Promise<Called> =>
    bootlap(['compare', './fake.yaml', '--set-b', 'machine.memory=128', ...words, '--workspace', 'w'], {
      folder: base,
    });
  const compared = (name: string): string => readFileSync(join(base, 'w', 'runs', 'latest-compare', name), 'utf8');

  test('of more boots adds to those that are there, for both sides alike', async () => {
    expect((await compare('--set', 'measure.boots=3')).status).toBe(0);
    const first = parseSamples(compared('samples.ndjson'));
    const made = booted();
    const { stdout } = await compare('--set', 'measure.boots=5');
    expect(stdout).toContain('16 boots are there from before (4 of the warm-up), 8 are made now');
    expect(booted() - made).toBe(8);
    const all = parseSamples(compared('samples.ndjson'));
    expect(all.slice(0, 16)).toEqual(first);
    expect(all.filter(({ arm, warmup }) => arm === 'b' && !warmup)).toHaveLength(10);
    const record = JSON.parse(compared('measurement-b.json')) as MeasurementRecord;
    expect(record).toMatchObject({ sessions: 2, plan: { boots: 5 } });
  });

  test('goes on until both sides are precise', async () => {
    expect((await compare('--set', 'measure.until=90%')).status).toBe(0);
    for (const side of ['a', 'b']) {
      const record = JSON.parse(compared(`measurement-${side}.json`)) as MeasurementRecord;
      expect(record.stopped).toMatchObject({ by: 'precision' });
      expect(record.stopped?.boots).toBeGreaterThanOrEqual(10);
    }
  });
});

describe('a measurement without a recipe', () => {
  const measure = (...words: string[]): Promise<Called> => {
    const files = ['-b', join(base, 'vm', 'qemu-system-x86_64_virt'), '-f', 'bios.bin', '-k', 'bzImage'];
    const rest = ['-e', '0xf5', '--accel', 'tcg', '--workspace', 'w'];
    return bootlap(['measure', ...files, ...rest, ...words], { folder: base });
  };

  test('can go on for a time or until it is precise', async () => {
    expect(await measure('--for', '30ms')).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(latest('measurement.json'))).toMatchObject({ stopped: { by: 'time', asked: { for: '30ms' } } });
    expect((await measure('--until', '95%', '--max-boots', '50')).status).toBe(0);
    expect(JSON.parse(latest('measurement.json'))).toMatchObject({ stopped: { asked: { 'max-boots': 50 } } });
  });

  test('is told what is wrong with its rule', async () => {
    for (const words of [
      ['--for', '0s'],
      ['--for', '60'],
      ['--until', '0%'],
      ['--until', '1'],
      ['--max-boots', '0'],
    ]) {
      const { status, stderr } = await measure(...words);
      expect({ status, stderr }).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(words.join(' ')) as string,
      });
    }
  });
});
