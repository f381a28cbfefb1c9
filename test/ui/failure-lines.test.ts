import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { failureLines, failuresLines } from '../../src/ui/failure-lines.js';
import { colourPaint, plainPaint } from '../../src/ui/paint.js';
import { SAMPLE_FAILURES } from './sample-failures.js';

const page = { paint: plainPaint, columns: () => Number.POSITIVE_INFINITY };

test('a failed step is named, with its log and how to read it', () => {
  const text = failureLines(
    { step: 'make:kernel', log: '/w/runs/1/logs/make-kernel.log', failure: SAMPLE_FAILURES['command-failed'] },
    page,
  ).join('\n');
  expect(text).toMatch(/^✖ make:kernel: make failed with status 2$/m);
  expect(text).toContain('/w/runs/1/logs/make-kernel.log');
});

test('of a long log only the last lines are shown', () => {
  const lastLines = Array.from({ length: 25 }, (_, index) => `line ${index}.`);
  const text = failureLines({ failure: { ...SAMPLE_FAILURES['command-failed'], lastLines } }, page).join('\n');
  expect(text).toContain('line 24.');
  expect(text).not.toContain('line 3.');
});

test('steps that were only ended with the one that failed are named and not explained', () => {
  const lines = failuresLines(
    [
      { step: 'fetch:kernel', failure: { reason: 'interrupted' } },
      { step: 'make:firmware', failure: SAMPLE_FAILURES['tool-missing'] },
    ],
    page,
  );
  expect(lines[0]).toBe('✖ make:firmware: flex is not installed, and make:kernel needs it');
  expect(lines.at(-1)).toBe('  ended because of it: fetch:kernel');
});

test('an interruption is told once, however many steps it ended', () => {
  const interrupted = { reason: 'interrupted', signal: 'SIGINT' } as const;
  const lines = failuresLines(
    [
      { step: 'a', failure: interrupted },
      { step: 'b', failure: interrupted },
    ],
    page,
  );
  expect(lines.filter((line) => line.includes('interrupted by SIGINT'))).toHaveLength(1);
});

test('on a narrow terminal sentences break between words', () => {
  const narrow = { paint: plainPaint, columns: () => 40 };
  const lines = failureLines({ failure: SAMPLE_FAILURES.offline }, narrow);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
});

test('with colours the words are the same', () => {
  const failed = { step: 'probe', failure: SAMPLE_FAILURES['probe-failed'] };
  expect(failureLines(failed, { ...page, paint: colourPaint }).map(stripVTControlCharacters)).toEqual(
    failureLines(failed, page),
  );
});
