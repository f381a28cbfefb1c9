import { expect, test } from 'vitest';
import type { Progress, StepContext } from '../../src/core/step.js';
import type { Sample } from '../../src/measure/samples.js';
import { BootProgress } from '../../src/steps/boot-progress.js';
import { ProgressMeter } from '../../src/ui/progress-meter.js';

const sample = { boot: 0, method: 'exit', point: 'user', outcome: 'reached', elapsedNs: '0' };

const told = (of: { readonly of?: string } = {}): string[] => {
  const reports: Progress[] = [];
  const context = { progress: (progress: Progress) => reports.push(progress), log: { line: () => undefined } };
  const progress = new BootProgress({
    context: context as unknown as StepContext,
    total: 32,
    medians: ['kernel', 'user'].map((label) => ({ label, durationOf: ({ warmup }) => (warmup ? undefined : 5e6) })),
    ...of,
  });
  progress.add({ ...sample, warmup: true } as unknown as Sample, 'booted');
  progress.add({ ...sample, warmup: false } as unknown as Sample, 'booted');
  return reports.map((report) => {
    const meter = new ProgressMeter();
    meter.report(report, 0);
    return meter.words();
  });
};

test('boots of the warm-up, before there is a median, are told without a comma behind them', () => {
  expect(told()).toEqual(['1 of 32 boots', '2 of 32 boots, kernel 5.0 ms, user 5.0 ms']);
});

test('of several machines it is told which one the medians are of', () => {
  expect(told({ of: 'memory=64' })).toEqual(['1 of 32 boots', '2 of 32 boots, memory=64: kernel 5.0 ms, user 5.0 ms']);
});
