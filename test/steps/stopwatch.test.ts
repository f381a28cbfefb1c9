import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { digestFile } from '../../src/system/files.js';
import { stopwatchStep } from '../../src/steps/stopwatch.js';
import { vmBench, type VmBench } from '../rig/vm-step.js';

const benches: VmBench[] = [];

afterEach(() => benches.splice(0).forEach((bench) => bench.remove()));

async function built(): Promise<string> {
  const bench = await vmBench();
  benches.push(bench);
  return bench.path('make:stopwatch', 'stopwatch');
}

test('two workspaces build the same bytes, so that their measurements share a fingerprint', async () => {
  expect(digestFile(await built())).toBe(digestFile(await built()));
});

test('no folder of the build is in the program', async () => {
  const bytes = readFileSync(await built(), 'latin1');
  expect(bytes).not.toContain('bootlap-vm-');
  expect(bytes).not.toContain('stopwatch.c');
});

test('a changed source makes it stale', () => {
  const names = ['json.c', 'options.c', 'stopwatch.c', 'stopwatch.h'];
  expect(Object.keys(stopwatchStep().inputs.files).sort()).toEqual(names.map((name) => `src/native/${name}`));
});
