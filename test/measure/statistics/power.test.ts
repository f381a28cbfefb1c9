import { expect, test } from 'vitest';
import { bootsNeeded, smallestDifference, spreadOf } from '../../../src/measure/statistics/power.js';
import { hodgesLehmann } from '../../../src/measure/statistics/rank-sum.js';
import { drawer, drawn } from '../../rig/drawn.js';

const { normal } = drawer(12);
const boot = (slower = 1): number => Math.round(1e8 * slower * (1 + 0.02 * normal()));

test('the spread of normal boots is sqrt(pi / 3) of their standard deviation', () => {
  const spreads = drawn(60, () => spreadOf(drawn(40, () => boot())));
  const mean = spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length;
  expect(mean / (2e6 * Math.sqrt(Math.PI / 3))).toBeGreaterThan(0.95);
  expect(mean / (2e6 * Math.sqrt(Math.PI / 3))).toBeLessThan(1.12);
});

test('with as many boots as it asks for, 2 % slower is found nearly always', () => {
  const hits = drawn(150, () => {
    const n = bootsNeeded(
      drawn(30, () => boot()),
      0.02,
    );
    expect(n).toBeDefined();
    const earlier = drawn(n ?? 0, () => boot());
    const later = drawn(n ?? 0, () => boot(1.02));
    return hodgesLehmann(earlier, later).low > 0 ? 1 : 0;
  });
  expect(hits.filter((hit) => hit === 1).length).toBeGreaterThanOrEqual(0.95 * 150);
});

test('half the difference takes four times the boots, and the two questions answer each other', () => {
  const pilot = drawn(50, () => boot());
  const boots = bootsNeeded(pilot, 0.002) ?? expect.fail();
  expect((bootsNeeded(pilot, 0.001) ?? 0) / boots).toBeCloseTo(4, 1);
  expect(smallestDifference(pilot, boots)).toBeCloseTo(0.002, 4);
});

test('a few boots tell too little of how much boots vary', () => {
  expect(bootsNeeded([1, 2, 3], 0.01)).toBeUndefined();
  expect(smallestDifference([1, 2, 3], 20)).toBeUndefined();
});
