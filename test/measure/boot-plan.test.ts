import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootPlan, countBoots, type PlannedBoot } from '../../src/measure/boot-plan.js';

/** Some of the points get fewer boots. */
const uneven = fc
  .record({
    counts: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.integer({ min: 1, max: 40 })), {
      minLength: 2,
      maxLength: 4,
      selector: ([name]) => name,
    }),
    warmup: fc.integer({ min: 0, max: 3 }),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  })
  .map(({ counts, ...rest }) => ({
    ...rest,
    method: 'exit' as const,
    points: counts.map(([name]) => name),
    boots: Math.max(...counts.map(([, boots]) => boots)),
    fewer: Object.fromEntries(counts),
  }));

const request = fc.record({
  method: fc.constant('exit' as const),
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

describe('for every plan in which points get fewer boots', () => {
  test('each gets its own number, and the plan is as long as was announced', () => {
    fc.assert(
      fc.property(uneven, (asked) => {
        const plan = bootPlan(asked);
        for (const point of asked.points) {
          const own = plan.filter((boot) => boot.point === point);
          expect(own.filter(({ warmup }) => warmup)).toHaveLength(asked.warmup);
          expect(own.filter(({ warmup }) => !warmup)).toHaveLength(asked.fewer[point] ?? 0);
        }
        expect(plan).toHaveLength(countBoots(asked));
      }),
    );
  });

  test('they are spread evenly, so that a drift meets them like the others', () => {
    fc.assert(
      fc.property(uneven, (asked) => {
        for (const point of asked.points) {
          const own = bootPlan(asked).filter((boot) => boot.point === point && !boot.warmup);
          own.forEach(({ block }, index) => {
            const due = ((index + 1) * asked.boots) / own.length;
            expect(block - asked.warmup + 1).toBe(Math.ceil(due));
          });
        }
      }),
    );
  });
});

describe('with traced boots', () => {
  const points = ['a', 'b', 'c'];
  const kinds = (plan: readonly PlannedBoot[]): string[] => plan.map(({ method, point }) => `${method} ${point}`);

  test('a block is one boot, to the last point', () => {
    const plan = bootPlan({ method: 'trace', points, boots: 3, warmup: 1, seed: 1 });
    expect(kinds(plan)).toEqual(Array(4).fill('trace c'));
    expect(plan.map(({ block, warmup }) => [block, warmup])).toEqual([
      [0, true],
      [1, false],
      [2, false],
      [3, false],
    ]);
  });

  test('fewer boots for a point change nothing, as each boot has every point', () => {
    const asked = { method: 'trace' as const, points, boots: 10, warmup: 0, seed: 1 };
    expect(bootPlan({ ...asked, fewer: { c: 2 } })).toEqual(bootPlan(asked));
    expect(countBoots({ ...asked, fewer: { c: 2 } })).toBe(10);
  });

  test('and with both methods each block has every point and a traced boot, in an order of its own', () => {
    const asked = { method: 'both' as const, points, boots: 200, fewer: { b: 20 }, warmup: 1, seed: 3 };
    const plan = bootPlan(asked);
    expect(plan).toHaveLength(countBoots(asked));
    expect(plan).toHaveLength(4 + 200 + 200 + 20 + 200);
    const places = new Set<number>();
    for (let block = 1; block <= 200; block++) {
      const own = kinds(plan.filter((boot) => boot.block === block));
      expect(own.filter((kind) => kind !== 'exit b').sort()).toEqual(['exit a', 'exit c', 'trace c']);
      places.add(own.indexOf('trace c'));
    }
    expect([...places].sort()).toEqual([0, 1, 2, 3]);
  });
});

test('1000, 1000 and 100 boots are 2100, the few in every tenth block', () => {
  const asked = {
    method: 'exit' as const,
    points: ['f5', 'f4', 'f6'],
    boots: 1000,
    fewer: { f6: 100 },
    warmup: 2,
    seed: 1,
  };
  const plan = bootPlan(asked);
  expect([plan.length, countBoots(asked)]).toEqual([2106, 2106]);
  const blocks = plan.filter(({ point, warmup }) => point === 'f6' && !warmup).map(({ block }) => block);
  expect(blocks.slice(0, 3)).toEqual([11, 21, 31]);
});

test('the order of a seed stays what it was in earlier versions', () => {
  const plan = bootPlan({ method: 'exit', points: ['a', 'b', 'c'], boots: 4, warmup: 1, seed: 1 });
  expect(plan.map(({ point }) => point).join('')).toBe('baccbabcacababc');
});

test('no point is favoured: each comes first about as often as the others', () => {
  const plan = bootPlan({ method: 'exit', points: ['a', 'b', 'c'], boots: 3000, warmup: 0, seed: 7 });
  const first = plan.filter((_, index) => index % 3 === 0);
  for (const point of ['a', 'b', 'c']) {
    const share = first.filter((boot) => boot.point === point).length / first.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.37);
  }
});

test('another seed gives another order', () => {
  const order = (seed: number): string =>
    bootPlan({ method: 'exit', points: ['a', 'b', 'c'], boots: 20, warmup: 0, seed })
      .map(({ point }) => point)
      .join('');
  expect(order(1)).not.toBe(order(2));
});
