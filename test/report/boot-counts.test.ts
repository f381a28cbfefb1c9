import { expect, test } from 'vitest';
import { bootCounts } from '../../src/report/figures.js';
import { warningText } from '../../src/report/warning-text.js';
import { samplesOf } from '../rig/measured.js';

test('how failed boots came out is told of those that count, not of the warm-up as well', () => {
  const samples = samplesOf({ boots: 30 }).map((sample, index) => {
    const hung = index === 0 || index === 5;
    return hung ? { ...sample, outcome: 'hung' as const } : sample;
  });
  const { counted, failed, outcomes, warmupFailed } = bootCounts(samples);
  expect(warningText({ kind: 'failed-boots', failed, counted, outcomes }).text).toBe(
    '1 of 30 boots failed and are in no figure (1 hung)',
  );
  expect(warmupFailed).toBe(1);
});
