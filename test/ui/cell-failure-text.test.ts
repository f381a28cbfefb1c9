import { expect, test } from 'vitest';
import type { ProbeFailed } from '../../src/core/failures/measure.js';
import { measureExplainers } from '../../src/ui/failure-text/measure.js';

const FAILURE: ProbeFailed = {
  reason: 'probe-failed',
  point: 'kernel',
  port: 0xf4,
  expectedStatus: 7,
  diagnosis: { kind: 'reboot' },
  accelerator: 'tcg',
  console: [],
  command: ['qemu'],
};

test('a probe that failed says on which machine of a matrix it did', () => {
  const { headline } = measureExplainers['probe-failed'](FAILURE);
  const ofCell = measureExplainers['probe-failed']({ ...FAILURE, cell: 'memory=16 cpus=2' });
  expect(ofCell.headline).toBe(`memory=16 cpus=2: ${headline}`);
});
