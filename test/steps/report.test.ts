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
  madeSource('hypervisor', { kind: 'installed', version: 'QEMU 8.2.0' });
  madeSource('firmware', { kind: 'local', tree: 'f00d', changed: [] });
  madeSource('kernel', { kind: 'local', tree: 'beef', changed: [{}, {}] });
  const lines = knownSamples().map((sample) => `${JSON.stringify(sample)}\n`);
  writeFileSync(bench.path('measure', 'samples'), lines.join(''));
  writeFileSync(bench.path('measure', 'measurement'), JSON.stringify(knownRecord()));
});

afterEach(() => bench.remove());

test('the summary holds the figures and the report shows them to a person', async () => {
  expect(await bench.run(reportStep({ recipe: guestRecipe() }))).toEqual({ ok: true, value: undefined });
  const summary = JSON.parse(readFileSync(bench.path('report', 'summary'), 'utf8')) as unknown;
  expect(summary).toMatchObject({ schemaVersion: 2, recipe: { name: 'guest' }, phases: [{ name: 'tQEMU' }, {}, {}] });
  const report = readFileSync(bench.path('report', 'report'), 'utf8');
  expect(report).toMatch(/^\| tKernel \| 1\.795 s \| \[1\.79\d, 1\.79\d\] \| 97 % \| kernel \| user-space \|$/m);
  expect(report).toContain('| cpu | Some \\| Processor |');
});

test('the boots are there for a spreadsheet, too', async () => {
  await bench.run(reportStep({ recipe: guestRecipe() }));
  const rows = readFileSync(bench.path('report', 'csv'), 'utf8').trimEnd().split('\r\n');
  expect(rows).toHaveLength(1 + knownSamples().length);
  expect(rows[0]).toMatch(/^boot,block,session,warmup,method,.*,ns:firmware,ns:kernel,ns:user-space$/);
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

test('the page tells where the components are from, and the phases are an image, too', async () => {
  const pin = bench.made('pinned');
  writeFileSync(
    join(pin, 'pin.json'),
    JSON.stringify({ kind: 'apt', package: 'linux-source-6.1', version: '6.1.192-1' }),
  );
  bench.outputs.set('pin:extra/pin', join(pin, 'pin.json'));
  const pins = [{ step: 'pin:extra', output: 'pin' }];
  await bench.run(reportStep({ recipe: guestRecipe(), pins }));
  const page = readFileSync(bench.path('report', 'html'), 'utf8');
  expect(page).toContain('QEMU 8.2.0');
  expect(page).toContain('working tree, 2 files differ from the tree beef');
  expect(page).toContain('package linux-source-6.1, version 6.1.192-1');
  expect(readFileSync(bench.path('report', 'svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/);
});

test("an address in the report has no user's password", () => {
  const recipe = guestRecipe();
  const source = { url: 'https://me:secret@example.org/linux.tar.xz', sha256: 'a'.repeat(64), mirrors: [] };
  const { inputs } = reportStep({ recipe: { ...recipe, kernel: { ...recipe.kernel, source } } });
  expect(JSON.stringify(inputs.params)).toContain('https://example.org/linux.tar.xz');
  expect(JSON.stringify(inputs.params)).not.toContain('secret');
});

function madeSource(component: string, layout: object): void {
  const folder = bench.made(`source-${component}`);
  bench.outputs.set(`fetch:${component}/source`, folder);
  writeFileSync(join(folder, 'source.json'), JSON.stringify(layout));
}
