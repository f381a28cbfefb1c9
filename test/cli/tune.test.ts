import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { putBackLeftovers, withTune } from '../../src/commands/tune.js';
import type { Sample } from '../../src/measure/samples.js';
import { bootlap } from '../rig/cli.js';
import { fakeHost } from '../rig/fake-host.js';
import { temporaryFolders } from '../rig/folder.js';
import { fakeBzImage, fakeFirmware, offeringHypervisor, QEMU_HELP } from '../rig/vm-offer.js';

const folder = temporaryFolders();

test('--tune boots without ASLR, which the samples, the report and the command in it say', async () => {
  const base = folder();
  const hypervisor = offeringHypervisor(join(base, 'vm'), QEMU_HELP);
  fakeFirmware(base);
  fakeBzImage(base);
  const files = ['-b', hypervisor, '-f', 'bios.bin', '-k', 'bzImage', '--workspace', 'w', '--accel', 'tcg'];
  const call = (...words: string[]): ReturnType<typeof bootlap> =>
    bootlap(['measure', ...files, '--warmup', '0', '-i', '2', ...words], { folder: base });
  const run = join(base, 'w', 'runs', 'latest');
  const samples = (): Sample[] =>
    readFileSync(join(run, 'samples.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Sample);
  const plain = await call();
  expect(plain, plain.stderr).toMatchObject({ status: 0 });
  expect(samples().every(({ aslr }) => aslr === undefined)).toBe(true);
  expect(readFileSync(join(run, 'report.md'), 'utf8')).not.toContain('--tune');
  const tuned = await call('--tune');
  expect(tuned, tuned.stderr).toMatchObject({ status: 0 });
  expect(samples().every(({ aslr }) => aslr === false)).toBe(true);
  const report = readFileSync(join(run, 'report.md'), 'utf8');
  expect(report).toMatch(/\| set for the boots \(--tune\) \| governor .*, turbo .*, ASLR off \|/);
  expect(report).toMatch(/bootlap measure [\s\S]* --tune/);
  expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('set for the boots (--tune)');
});

test.each(['run', 'measure', 'compare', 'calibrate'])('bootlap %s has --tune', async (command) => {
  expect((await bootlap([command, '--help'])).stdout).toContain('--tune');
});

test('--tune is the setting measure.tune, and nothing where it is not given', () => {
  expect(withTune({ set: ['a=1'], tune: true })).toMatchObject({ set: ['a=1', 'measure.tune=true'] });
  expect(withTune({ set: ['a=1'] })).toEqual({ set: ['a=1'] });
});

test('any bootlap puts back what a killed one had set, says so, and does it once', async () => {
  const host = fakeHost(folder(), { policy0: 'performance', policy1: 'performance', turbo: '1' });
  const value = { path: 'devices/system/cpu/intel_pstate/no_turbo', former: '0', ours: '1' };
  mkdirSync(host.places.journals);
  // A process that has ended, and so is nobody's owner any more.
  const { pid } = spawnSync('true');
  const journal = { bootId: host.places.bootId, values: [value], owners: [{ pid, started: '1' }] };
  writeFileSync(host.journal, JSON.stringify(journal));
  expect(await putBackLeftovers(host.places)).toEqual([
    'a bootlap --tune that was killed had left the processors as it set them; put back: intel_pstate/no_turbo to 0',
  ]);
  expect(host.values()).toEqual({ policy0: 'performance', policy1: 'performance', turbo: '0' });
  expect(await putBackLeftovers(host.places)).toEqual([]);
});

test('a home folder that is none, or that is barred to this user, keeps nobody from running', async () => {
  const { places } = fakeHost(folder());
  const file = join(folder(), 'no-folder');
  writeFileSync(file, '');
  expect(await putBackLeftovers({ ...places, journals: join(file, 'bootlap') })).toEqual([]);
});
