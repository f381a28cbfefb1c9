import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportStep } from '../../src/steps/report.js';
import { guestRecipe, VmBench } from '../rig/vm-step.js';
import { knownRecord, knownSamples } from '../rig/vm-summary.js';

let bench: VmBench;

beforeEach(() => {
  bench = new VmBench();
  const folder = bench.made('measured');
  bench.outputs.set('measure/samples', join(folder, 'samples.ndjson'));
  bench.outputs.set('measure/measurement', join(folder, 'measurement.json'));
  const lines = knownSamples().map((sample) => `${JSON.stringify(sample)}\n`);
  writeFileSync(bench.path('measure', 'samples'), lines.join(''));
  writeFileSync(bench.path('measure', 'measurement'), JSON.stringify(knownRecord()));
});

afterEach(() => bench.remove());

test('the summary holds the figures and the report shows them to a person', async () => {
  expect(await bench.run(reportStep({ recipe: guestRecipe() }))).toEqual({ ok: true, value: undefined });
  const summary = JSON.parse(readFileSync(bench.path('report', 'summary'), 'utf8')) as unknown;
  expect(summary).toMatchObject({ schemaVersion: 1, recipe: { name: 'guest' }, phases: [{ name: 'tQEMU' }, {}, {}] });
  const report = readFileSync(bench.path('report', 'report'), 'utf8');
  expect(report).toContain('| tKernel | kernel | user-space | 1.795 s |');
  expect(report).toContain('| cpu | Some \\| Processor |');
});

test('another label or phase is a matter of the report', () => {
  const recipe = guestRecipe();
  expect(reportStep({ recipe: { ...recipe, phases: [] } }).inputs).not.toEqual(reportStep({ recipe }).inputs);
});

test('measurements that are damaged are named, not a crash', async () => {
  bench.outputs.set('measure/samples', join(bench.folder, 'gone'));
  expect(await bench.run(reportStep({ recipe: guestRecipe() }))).toMatchObject({
    failure: { reason: 'file-trouble', code: 'ENOENT' },
  });
});
