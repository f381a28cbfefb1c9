import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ComparedRow } from '../../../src/measure/comparison/compare.js';
import { judgeGate, parseGate, unknownTarget, type Gate } from '../../../src/measure/comparison/gate.js';

function gate(text: string): Gate {
  const parsed = parseGate(text);
  if (!parsed.ok) {
    throw new Error(JSON.stringify(parsed.failure));
  }
  return parsed.value;
}

/** A row of 100 ms in A whose shift has this interval, in milliseconds, which are percent too. */
function row(low: number, high: number, changes: Partial<ComparedRow> = {}): ComparedRow {
  const figure = { n: 20, median: 100e6 };
  return {
    kind: 'phase',
    name: 'tKernel',
    a: figure,
    b: figure,
    estimator: 'hodges-lehmann',
    shift: ((low + high) / 2) * 1e6,
    interval: { low: low * 1e6, high: high * 1e6 },
    enough: true,
    verdict: 'inconclusive',
    ...changes,
  };
}

describe('a gate', () => {
  test.each([
    ['tKernel > +3%', 3.1, 5, 'failed'],
    ['tKernel > +3%', 2.9, 5, 'inconclusive'],
    ['tKernel > +3%', -1, 2.9, 'passed'],
    ['tKernel > 3 %', 1, 3, 'passed'],
    ['tKernel>+2ms', 2.5, 4, 'failed'],
    ['tKernel > 500us', 0.4, 0.6, 'inconclusive'],
    ['tKernel > -5%', -4, -2, 'failed'],
    ['tKernel < -5%', -9, -6, 'failed'],
    ['tKernel < -5%', -4, 2, 'passed'],
    ['tKernel < -5%', -6, -4, 'inconclusive'],
  ])('%s held against %d to %d: %s', (text, low, high, outcome) => {
    expect(judgeGate(gate(text), row(low, high)).outcome).toBe(outcome);
  });

  test('fails only where the whole interval is beyond the limit', () => {
    const number = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(number, number, number, (one, other, limit) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const { outcome } = judgeGate(gate(`tKernel > ${limit}%`), row(low, high));
        expect(outcome === 'failed').toBe(low > limit);
        expect(outcome === 'passed').toBe(high <= limit);
      }),
    );
  });

  test('without a figure, or with too few boots for one, is not settled', () => {
    expect(judgeGate(gate('tKernel > 3%'), undefined).outcome).toBe('inconclusive');
    expect(judgeGate(gate('tKernel > 3%'), row(9, 10, { enough: false })).outcome).toBe('inconclusive');
    const nothing = row(9, 10, { a: { n: 20, median: -1 } });
    expect(judgeGate(gate('tKernel > 3%'), nothing).outcome).toBe('inconclusive');
    expect(judgeGate(gate('tKernel > 3ms'), nothing).outcome).toBe('failed');
  });
});

test.each(['tKernel', 'tKernel > ', '> 3%', 'tKernel > 3', 'tKernel = 3%', 'tKernel > 3 min', 'tKernel >= 3%', ''])(
  'what is no limit is told with a right one: "%s"',
  (text) => {
    expect(parseGate(text)).toMatchObject({
      ok: false,
      failure: { reason: 'usage', hint: expect.stringContaining("--fail-if 'tKernel > +3%'") as string },
    });
  },
);

test('a name that nothing has is told with the nearest right one', () => {
  const names = ['tQEMU', 'tKernel'];
  expect(unknownTarget([gate('tKernel > 3%'), gate('total > 1%')], names)).toBeUndefined();
  expect(unknownTarget([gate('tKernal > 3%')], names)?.hint).toBe('did you mean "tKernel"?');
  expect(unknownTarget([gate('totla > 3%')], names)?.hint).toBe('did you mean "total"?');
  expect(unknownTarget([gate('zzzzzz > 3%')], names)?.hint).toContain('tQEMU, tKernel, total');
});
