import { expect, test } from 'vitest';
import { judge, type Outcome } from '../../src/measure/verdict.js';

interface Case {
  readonly what: string;
  readonly end: { status?: number; timedOut?: boolean; console?: string; errors?: string };
  readonly value?: number;
  readonly outcome: Outcome;
}

const CASES: readonly Case[] = [
  { what: 'the status of the point', end: { status: 7 }, outcome: 'reached' },
  { what: 'the status of another point', end: { status: 3 }, outcome: 'other-status' },
  { what: 'a value of 127 has status 255', end: { status: 255 }, value: 127, outcome: 'reached' },
  { what: 'no end in time', end: { timedOut: true }, outcome: 'hung' },
  {
    what: 'no end in time after a panic',
    end: { timedOut: true, console: 'Kernel panic - not syncing: x' },
    outcome: 'panicked',
  },
  { what: 'a reboot after a panic', end: { status: 0, console: 'Kernel panic - not syncing: x' }, outcome: 'panicked' },
  { what: 'a reboot', end: { status: 0 }, outcome: 'reset' },
  { what: 'a signal', end: {}, outcome: 'crashed' },
  { what: 'a complaint', end: { status: 1, errors: 'qemu-system-x86_64: no\n' }, outcome: 'refused' },
  { what: 'a complaint where 0 is the value', end: { status: 1, errors: 'qemu: no\n' }, value: 0, outcome: 'refused' },
  {
    what: 'a value of 0 with a warning',
    end: { status: 1, errors: 'qemu: warning: no\n' },
    value: 0,
    outcome: 'reached',
  },
  {
    what: 'the status of the point, after a panic was printed',
    end: { status: 7, console: 'PANIC: x' },
    outcome: 'reached',
  },
];

test.each(CASES)('$what: $outcome', ({ end, value = 3, outcome }) => {
  expect(judge({ timedOut: false, console: '', errors: '', ...end }, { value })).toBe(outcome);
});
