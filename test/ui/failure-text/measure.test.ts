import { expect, test } from 'vitest';
import { explainFailure } from '../../../src/ui/failure-text/index.js';

test('boots that failed are counted for each point, with the machine of the matrix that they are of', () => {
  const { details } = explainFailure({
    reason: 'boots-failed',
    failed: 5,
    boots: 40,
    points: [
      { cell: 'memory=256', point: 'user-space', traced: true, failed: 4, boots: 20 },
      { point: 'kernel', failed: 1, boots: 1 },
    ],
    console: [],
  });
  expect(details).toContain('point:   memory=256, all points to "user-space": 4 of 20 boots');
  expect(details).toContain('point:   "kernel": 1 of 1 boot');
});
