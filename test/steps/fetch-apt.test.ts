import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Component, Step } from '../../src/core/step.js';
import type { Source } from '../../src/recipe/schema.js';
import { fetchStep } from '../../src/steps/fetch.js';
import { pinStep } from '../../src/steps/pin.js';
import { readSourceLayout } from '../../src/steps/source-layout.js';
import { listFolder } from '../../src/system/files.js';
import { startStepRig, type StepRig } from './fetch-rig.js';

let folder: string;
let steps: StepRig;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlap-fetch-apt-'));
  steps = startStepRig(folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function both(component: Component, source: Source): { pin: Step; fetch: Step } {
  const pin = pinStep({ component, source });
  if (pin === undefined) {
    throw new Error('no pin step');
  }
  return { pin, fetch: fetchStep({ component, source }) };
}

test(
  "sources out of the machine's own packages are pinned without an address, fetched side by side, and kept",
  { timeout: 180_000 },
  async () => {
    const firmware = both('firmware', { 'apt-source': 'hello', folder: 'src' });
    const hypervisor = both('hypervisor', { 'apt-source': 'hello' });
    expect(await steps.run(firmware.pin, { offline: true })).toMatchObject({
      ok: false,
      failure: { reason: 'offline' },
    });
    const results = await Promise.all([steps.run(firmware.pin), steps.run(hypervisor.pin)]);
    expect(results.map((result) => result.ok)).toEqual([true, true]);
    const pinned = readFileSync(steps.output('pin:firmware', 'pin'), 'utf8');
    expect(pinned).not.toMatch(/:\/\/|\//);
    expect(JSON.parse(pinned)).toMatchObject({ kind: 'apt-source', package: 'hello', format: '3.0 (quilt)' });
    const fetched = await Promise.all([steps.run(firmware.fetch), steps.run(hypervisor.fetch)]);
    expect(fetched.map((result) => result.ok)).toEqual([true, true]);
    const output = steps.output('fetch:firmware', 'source');
    const layout = readSourceLayout(output);
    expect(layout).toMatchObject({ ok: true, value: { kind: 'archives', series: 'debian/patches/series' } });
    const layers = layout.ok && layout.value.kind === 'archives' ? layout.value.layers : [];
    expect(layers[0]).toMatchObject({ strip: 1, only: 'src' });
    expect(listFolder(output).map((entry) => entry.path)).toEqual(
      expect.arrayContaining(layers.map((layer) => layer.archive)),
    );
    expect((await steps.run(firmware.fetch, { offline: true })).ok).toBe(true);
  },
);

test('a package that the distribution does not have is named', { timeout: 120_000 }, async () => {
  const { pin } = both('kernel', { apt: 'linux-sauce', member: 'usr/src/linux-sauce-*' });
  expect(await steps.run(pin)).toMatchObject({
    ok: false,
    failure: { reason: 'package-not-found', package: 'linux-sauce' },
  });
});
