import { expect, test } from 'vitest';
import { judge, judgeTrace, type Outcome } from '../../src/measure/verdict.js';

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

interface TracedCase {
  readonly what: string;
  /** What came on each of three markers, whose points write 1, 2 and 3, in the order of arrival. */
  readonly came: readonly (readonly [marker: number, byte: number])[];
  readonly end?: { status?: number; signal?: string; timedOut?: boolean; console?: string; errors?: string };
  readonly outcome: Outcome;
}

const ALL = [
  [0, 1],
  [1, 2],
  [2, 3],
] as const;

const TRACED: readonly TracedCase[] = [
  { what: 'all points', came: ALL, outcome: 'reached' },
  { what: 'no point in time', came: [], end: { timedOut: true }, outcome: 'hung' },
  { what: 'the first point alone, in time', came: [[0, 1]], end: { timedOut: true }, outcome: 'hung' },
  { what: 'a reboot before the last point', came: ALL.slice(0, 2), end: { status: 0 }, outcome: 'reset' },
  { what: 'a signal before the last point', came: ALL.slice(0, 2), end: { signal: 'SIGSEGV' }, outcome: 'crashed' },
  { what: 'a panic', came: [[0, 1]], end: { console: 'Kernel panic - not syncing: x' }, outcome: 'panicked' },
  { what: 'a complaint', came: [], end: { status: 1, errors: 'qemu-system-x86_64: no\n' }, outcome: 'refused' },
  {
    what: 'another value, then no end',
    came: [
      [0, 1],
      [1, 9],
    ],
    end: { timedOut: true },
    outcome: 'wrong-value',
  },
  {
    what: 'the last point without the one before it',
    came: [
      [0, 1],
      [2, 3],
    ],
    outcome: 'point-missing',
  },
  { what: 'points the other way round', came: [ALL[1], ALL[0], ALL[2]], outcome: 'out-of-order' },
];

test.each(TRACED)('of a traced boot, $what: $outcome', ({ came, end, outcome }) => {
  const markers = came.map(([marker, byte], index) => ({ marker, byte, ns: BigInt(index) }));
  const points = [1, 2, 3].map((value) => ({ name: `p${value}`, port: value, value }));
  const endedAtMarker = came.some(([marker, byte]) => marker === 2 && byte === 3);
  expect(judgeTrace({ timedOut: false, console: '', errors: '', ...end, markers, endedAtMarker }, points)).toBe(
    outcome,
  );
});
