import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Step, StepContext } from '../../../src/core/step.js';
import type { MeasurementRecord } from '../../../src/measure/measurement-record.js';
import { tunedText } from '../../../src/measure/tuned-record.js';
import { measureStep } from '../../../src/steps/measure.js';
import { measureTuned, tunedRecord, whileTuned } from '../../../src/steps/measure/tuned.js';
import { fakeHost, type HostValues } from '../../rig/fake-host.js';
import { fakeHypervisor, SOUND_FAKE } from '../../rig/vm-fake.js';
import { buildKernel } from '../../rig/vm-guest.js';
import { guestRecipe, vmBench, type VmBench } from '../../rig/vm-step.js';
import { samplesOf } from '../../rig/measured.js';

let bench: VmBench;

beforeEach(async () => {
  bench = await vmBench();
});
afterEach(() => bench.remove());

/** Runs the body as a step does, and gives what was said. */
async function inStep(body: (context: StepContext) => Promise<void>): Promise<string[]> {
  const before = bench.notices.length;
  const inputs = { params: {}, files: {}, upstream: [], tools: [], env: [] };
  const run = async (context: StepContext): Promise<{ ok: true; value: undefined }> => {
    await body(context);
    return { ok: true, value: undefined };
  };
  const step: Step = { name: 'tuned', title: 'tuned', lane: 'exclusive', inputs, outputs: {}, run };
  await bench.run(step);
  return bench.notices.slice(before).map(({ text }) => text);
}

const BEFORE = { policy0: 'powersave', policy1: 'schedutil', turbo: '0' };
const SET = { policy0: 'performance', policy1: 'performance', turbo: '1' };

test('boots are timed while the host is tuned, and nothing is said where all went well', async () => {
  const { places, values } = fakeHost(bench.made('host'));
  const seen: HostValues[] = [];
  const said = await inStep((context) =>
    whileTuned({ tune: true, context, places }, async (knobs) => {
      expect(knobs).toEqual({ governor: 'set', turbo: 'set' });
      seen.push(values());
      return Promise.resolve();
    }),
  );
  expect(seen).toEqual([SET]);
  expect(values()).toEqual(BEFORE);
  expect(said).toEqual([]);
});

test('without --tune nothing is touched', async () => {
  const { places, values } = fakeHost(bench.made('host'));
  await inStep((context) =>
    whileTuned({ tune: false, context, places }, (knobs) => {
      expect([knobs, values()]).toEqual([undefined, BEFORE]);
      return Promise.resolve();
    }),
  );
});

test('a measurement that ends in a bug leaves the host as it was', async () => {
  const { places, values } = fakeHost(bench.made('host'));
  const work = inStep((context) =>
    whileTuned({ tune: true, context, places }, () => Promise.reject(new Error('a bug'))),
  );
  await expect(work).rejects.toThrow('a bug');
  expect(values()).toEqual(BEFORE);
});

test('what may not be set is said once, with the command that sets it, and boots go on', async () => {
  const host = fakeHost(bench.made('host'));
  for (const name of ['policy0', 'policy1', 'turbo'] as const) {
    rmSync(host.path(name));
    // Nobody may write to it, not even root.
    symlinkSync('/proc/sys/kernel/ostype', host.path(name));
  }
  const said = await inStep((context) =>
    whileTuned({ tune: true, context, places: host.places }, (knobs) => {
      expect(knobs).toEqual({ governor: 'refused', turbo: 'refused' });
      return Promise.resolve();
    }),
  );
  const cpu = join(host.places.sysfs, 'devices/system/cpu');
  expect(said).toEqual([
    `--tune: turbo stays on: this user may not change it; echo 1 | sudo tee ${cpu}/intel_pstate/no_turbo`,
    `--tune: the governor stays as it is: this user may not change it; echo performance | sudo tee ${cpu}/cpufreq/policy*/scaling_governor`,
  ]);
});

test('where some processors refuse, the rest are set, and the record says in part', async () => {
  const host = fakeHost(bench.made('host'));
  rmSync(host.path('policy1'));
  symlinkSync('/proc/sys/kernel/ostype', host.path('policy1'));
  const said = await inStep((context) =>
    whileTuned({ tune: true, context, places: host.places }, (knobs) => {
      expect(knobs).toEqual({ governor: 'partly', turbo: 'set' });
      return Promise.resolve();
    }),
  );
  expect(said).toEqual([expect.stringContaining('cpufreq/policy1/scaling_governor') as string]);
  expect(host.values()).toMatchObject({ policy0: 'powersave', turbo: '0' });
});

test('a value that somebody else sets meanwhile is named', async () => {
  const { places, set, path } = fakeHost(bench.made('host'));
  const said = await inStep((context) =>
    whileTuned({ tune: true, context, places }, () => {
      set('turbo', 'other');
      return Promise.resolve();
    }),
  );
  expect(said).toEqual([
    `${path('turbo')} was set to "other" by somebody else while --tune had it at "1": it stays so`,
  ]);
});

test('what a killed bootlap had left is said when it is put back', async () => {
  const host = fakeHost(bench.made('host'), SET);
  const values = [
    { path: 'devices/system/cpu/cpufreq/policy0/scaling_governor', former: 'powersave', ours: 'performance' },
  ];
  mkdirSync(host.places.journals);
  const owners = [{ pid: 1, started: 'never' }];
  writeFileSync(host.journal, JSON.stringify({ bootId: host.places.bootId, values, owners }));
  const said = await inStep((context) =>
    whileTuned({ tune: true, context, places: host.places }, () => Promise.resolve()),
  );
  expect(said).toEqual([
    'a bootlap --tune that was killed had left the processors as it set them; put back: cpufreq/policy0/scaling_governor to powersave',
  ]);
  expect(host.values()).toEqual({ ...SET, policy0: 'powersave' });
});

test('sessions with other rights are recorded as tuned in part', async () => {
  const host = fakeHost(bench.made('host'));
  const samplesFile = join(bench.folder, 'samples.ndjson');
  const request = {
    vmOf: () => Promise.reject(new Error()) as never,
    plan: [],
    samplesFile,
    maxFailed: 1,
    onSample: () => undefined,
    onSession: () => undefined,
  };
  const session = async (): Promise<unknown> => {
    let knobs: unknown;
    await inStep(async (context) => {
      const measured = await measureTuned(request, { tune: true, context, places: host.places });
      knobs = measured.ok ? measured.value.knobs : measured;
    });
    return knobs;
  };
  writeFileSync(samplesFile, '');
  expect(await session()).toEqual({ governor: 'set', turbo: 'set' });
  writeFileSync(samplesFile, `${JSON.stringify(samplesOf({})[0])}\n`);
  rmSync(host.path('turbo'));
  symlinkSync('/proc/sys/kernel/ostype', host.path('turbo'));
  expect(await session()).toEqual({ governor: 'set', turbo: 'partly' });
  expect(tunedText(tunedRecord({ governor: 'set', turbo: 'partly' }, []))).toBe(
    'governor performance, turbo set in part, ASLR could not be set',
  );
});

test('the step boots without ASLR, records what was in force, and its fingerprint knows only of --tune that is asked for', async () => {
  const recipe = (tune: boolean): ReturnType<typeof guestRecipe> =>
    guestRecipe({
      hypervisor: fakeHypervisor(bench.made('fakes'), SOUND_FAKE),
      points: [
        { name: 'firmware', port: 0xf5, value: 1 },
        { name: 'kernel', port: 0xf4, value: 3 },
      ],
      measure: { tune },
    });
  bench.outputs.set('fetch:hypervisor/source', bench.made('hypervisor'));
  bench.outputs.set('make:kernel/image', buildKernel(bench.made('kernel')));
  bench.outputs.set('make:firmware/image', join(bench.made('kernel'), 'kernel'));
  const probe = join(bench.made('probe'), 'probe.json');
  bench.outputs.set('probe/probe', probe);
  writeFileSync(probe, JSON.stringify({ method: 'exit', accelerator: 'tcg', machine: 'pc' }));
  const tuned = measureStep({ recipe: recipe(true) });
  expect(await bench.run(tuned)).toMatchObject({ ok: true });
  const record = JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8')) as MeasurementRecord;
  expect(record.tuned).toMatchObject({ aslr: 'set' });
  expect(Object.keys(record.scheduling)).toEqual(['aslr', 'memoryLocked']);
  const plain = measureStep({ recipe: recipe(false) });
  expect(plain.inputs.params['scheduling']).toEqual({ vm: null, stopwatch: null, realtime: null });
  expect(tuned.inputs.params['scheduling']).toHaveProperty('tune');
  expect(await bench.run(plain)).toMatchObject({ ok: true });
  expect(JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8'))).not.toHaveProperty('tuned');
});
