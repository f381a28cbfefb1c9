import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootPlan } from '../../src/measure/boot-plan.js';

const request = fc.record({
  points: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 5 }),
  boots: fc.integer({ min: 1, max: 30 }),
  warmup: fc.integer({ min: 0, max: 5 }),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
});

describe('for every plan', () => {
  test('each point is booted as often as was asked, warm-up apart and first', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const plan = bootPlan(asked);
        for (const point of asked.points) {
          const own = plan.filter((boot) => boot.point === point);
          expect(own.filter(({ warmup }) => warmup)).toHaveLength(asked.warmup);
          expect(own.filter(({ warmup }) => !warmup)).toHaveLength(asked.boots);
        }
        const firstCounting = plan.findIndex(({ warmup }) => !warmup);
        expect(plan.slice(firstCounting).every(({ warmup }) => !warmup)).toBe(true);
      }),
    );
  });

  test('every block holds every point once, and boots are numbered in their order', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const plan = bootPlan(asked);
        const size = asked.points.length;
        expect(plan.map(({ boot }) => boot)).toEqual(plan.map((_, index) => index));
        for (let block = 0; block * size < plan.length; block++) {
          const boots = plan.slice(block * size, (block + 1) * size);
          expect(boots.every((boot) => boot.block === block)).toBe(true);
          expect(boots.map(({ point }) => point).sort()).toEqual([...asked.points].sort());
        }
      }),
    );
  });

  test('the same seed gives the same order, on which going on after a kill relies', () => {
    fc.assert(
      fc.property(request, (asked) => {
        expect(bootPlan(asked)).toEqual(bootPlan(asked));
      }),
    );
  });
});

test('the order of a seed stays what it was in earlier versions', () => {
  const plan = bootPlan({ points: ['a', 'b', 'c'], boots: 4, warmup: 1, seed: 1 });
  expect(plan.map(({ point }) => point).join('')).toBe('baccbabcacababc');
});

test('no point is favoured: each comes first about as often as the others', () => {
  const plan = bootPlan({ points: ['a', 'b', 'c'], boots: 3000, warmup: 0, seed: 7 });
  const first = plan.filter((_, index) => index % 3 === 0);
  for (const point of ['a', 'b', 'c']) {
    const share = first.filter((boot) => boot.point === point).length / first.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.37);
  }
});

test('another seed gives another order', () => {
  const order = (seed: number): string =>
    bootPlan({ points: ['a', 'b', 'c'], boots: 20, warmup: 0, seed })
      .map(({ point }) => point)
      .join('');
  expect(order(1)).not.toBe(order(2));
});
