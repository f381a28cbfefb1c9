import { expect, test } from 'vitest';
import { exitStatusOf, exitStatusOfAll } from '../../src/core/exit-status.js';
import { SAMPLE_FAILURES } from '../ui/sample-failures.js';

test.each([
  ['patch-rejected', 1],
  ['command-failed', 1],
  ['recipe-invalid', 2],
  ['step-unknown', 2],
  ['tool-missing', 3],
  ['disk-full', 3],
  ['workspace-busy', 3],
  ['hypervisor-unfit', 3],
  ['digest-mismatch', 4],
  ['offline', 4],
  ['probe-failed', 5],
  ['boots-failed', 5],
  ['kvm-required', 6],
  ['run-not-found', 2],
  ['not-comparable', 5],
  ['regression', 10],
  ['regression-unsettled', 11],
  ['bundle-incomplete', 1],
  ['bundle-refused', 12],
  ['bundle-unfit', 3],
  ['key-unfit', 2],
  ['interrupted', 130],
] as const)('%s ends the process with %i', (reason, status) => {
  expect(exitStatusOf(SAMPLE_FAILURES[reason])).toBe(status);
});

test('every failure has one of the documented exit statuses, and never that of success or of a bug', () => {
  for (const failure of Object.values(SAMPLE_FAILURES)) {
    expect([1, 2, 3, 4, 5, 6, 10, 11, 12, 130]).toContain(exitStatusOf(failure));
  }
});

test('a run without failures is done', () => {
  expect(exitStatusOfAll([])).toBe(0);
});

test('the first real failure counts, whatever was interrupted because of it', () => {
  const { interrupted, offline } = SAMPLE_FAILURES;
  expect(exitStatusOfAll([interrupted, offline, SAMPLE_FAILURES['command-failed']])).toBe(4);
  expect(exitStatusOfAll([interrupted, interrupted])).toBe(130);
});
