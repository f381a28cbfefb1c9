import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bashTime, timeLines } from '../../../src/commands/measure/times.js';
import { temporaryFolders } from '../../rig/folder.js';
import { knownSamples } from '../../rig/vm-summary.js';

const folder = temporaryFolders();

test.each([
  [0n, '0m0.000s'],
  [47_123_456_789n, '0m47.123s'],
  [59_999_600_000n, '1m0.000s'],
  [3_661_005_000_000n, '61m1.005s'],
])('%d ns are %s', (nanoseconds, text) => {
  expect(bashTime(nanoseconds)).toBe(text);
});

test('the lines have the form that bash gives them', () => {
  const environment = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
  const bash = execFileSync('bash', ['--norc', '-c', '{ time true; } 2>&1'], { encoding: 'utf8', env: environment });
  const ours = timeLines([{ name: 'firmware', port: 0xf5, value: 1 }], folder());
  expect(`${ours.join('\n')}\n`).toBe(bash.replaceAll(/\d/g, '0'));
});

test('warm-up boots and boots that failed are in no figure', () => {
  const here = folder();
  const samples = knownSamples({ 13: 'hung' });
  writeFileSync(join(here, 'samples.ndjson'), samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  const point = samples[13]?.point ?? '';
  const expected = samples.filter((sample) => sample.point === point && !sample.warmup && sample.outcome === 'reached');
  const sum = expected.reduce((total, { elapsedNs }) => total + BigInt(elapsedNs), 0n);
  const lines = timeLines([{ name: point, port: 0xf5, value: 1 }], here);
  expect(expected).toHaveLength(3);
  expect(lines).toEqual(['', `real\t${bashTime(sum)}`, 'user\t0m0.000s', 'sys\t0m0.000s']);
  const both = timeLines(
    [
      { name: point, port: 0xf5, value: 1 },
      { name: 'kernel', port: 0xf4, value: 3 },
    ],
    here,
  );
  expect(both.filter((line) => line.includes('boots'))).toEqual([
    '0xf5, 3 boots',
    expect.stringMatching(/^0xf4, [34] boots$/),
  ]);
});
