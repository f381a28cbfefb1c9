import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootPlan, type PlannedBoot } from '../../src/measure/boot-plan.js';
import { RunningMedian } from '../../src/measure/running-median.js';
import type { Sample } from '../../src/measure/samples.js';
import { median } from '../../src/measure/statistics/describe.js';
import { Tally } from '../../src/measure/tally.js';

/** A boot as a tally looks at it. */
function came(planned: PlannedBoot, ok: boolean): Sample {
  return { ...planned, outcome: ok ? 'reached' : 'hung', console: ['stuck'] } as unknown as Sample;
}

const plan = bootPlan({ method: 'exit', points: ['a', 'b'], boots: 100, warmup: 1, seed: 1 });

/** How many boots are made before it is certain that too many failed. */
function bootsUntilCertain(tally: Tally, ok: (planned: PlannedBoot) => boolean): number {
  const index = plan.findIndex((planned) => {
    tally.add(came(planned, ok(planned)));
    return tally.hasTooManyFailed;
  });
  return index < 0 ? plan.length : index + 1;
}

describe('boots that fail', () => {
  test('end a measurement of a known number when no other boot can save it', () => {
    // Two of the warm-up, and the twenty-first of two hundred.
    expect(bootsUntilCertain(new Tally({ plan, maxFailed: 0.1 }), () => false)).toBe(2 + 21);
  });

  test('end one that a rule ends as soon as they would be too many if it were over then', () => {
    const tally = new Tally({ plan, maxFailed: 0.1, lookAhead: 10 });
    expect(bootsUntilCertain(tally, () => false)).toBe(2 + 3);
  });

  test('now and then, within the limit, end neither', () => {
    const rare = ({ boot }: PlannedBoot): boolean => boot % 20 !== 7;
    expect(bootsUntilCertain(new Tally({ plan, maxFailed: 0.1 }), rare)).toBe(plan.length);
    expect(bootsUntilCertain(new Tally({ plan, maxFailed: 0.1, lookAhead: 10 }), rare)).toBe(plan.length);
  });

  test('are held against the boots that were made, where the plan was not booted to its end', () => {
    const tally = new Tally({ plan, maxFailed: 0.2, lookAhead: 20 });
    plan
      .slice(0, 2 + 10)
      .forEach((planned, index) => tally.add(came(planned, index !== 4 && index !== 7 && index !== 9)));
    expect(tally.hasTooManyFailed).toBe(false);
    tally.end();
    expect(tally.hasTooManyFailed).toBe(true);
    expect(tally.failure()).toMatchObject({ failed: 3, boots: 10, console: ['stuck'] });
  });

  test('of every boot to a point leave the tally incomplete', () => {
    const tally = new Tally({ plan, maxFailed: 1 });
    plan.forEach((planned) => tally.add(came(planned, planned.point === 'a')));
    expect(tally.isComplete).toBe(false);
    expect(tally.failure().points).toEqual([{ point: 'b', failed: 100, boots: 100 }]);
  });
});

test('the running median is that of all values so far', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }), (values) => {
      const running = new RunningMedian();
      values.forEach((value, index) => {
        running.add(value);
        expect(running.median).toBe(median(values.slice(0, index + 1)));
      });
    }),
  );
});

test('a hundred thousand boots are counted in no time', () => {
  const long = bootPlan({ method: 'exit', points: ['a', 'b'], boots: 50_000, warmup: 0, seed: 1 });
  const started = performance.now();
  const tally = new Tally({ plan: long, maxFailed: 0.1, lookAhead: 20 });
  const running = new RunningMedian();
  for (const planned of long) {
    tally.add(came(planned, true));
    running.add((planned.boot * 7919) % 10_007);
    expect(tally.hasTooManyFailed || running.median < 0).toBe(false);
  }
  expect(performance.now() - started).toBeLessThan(30_000);
});
