import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootPlan, type PlanRequest } from '../../src/measure/boot-plan.js';
import { commonMethod, interleavedPlan } from '../../src/measure/interleaved-plan.js';

const requests = fc.record({
  method: fc.constantFrom('exit', 'trace', 'both'),
  boots: fc.integer({ min: 1, max: 12 }),
  warmup: fc.integer({ min: 0, max: 3 }),
  seed: fc.nat(),
}) satisfies fc.Arbitrary<Omit<PlanRequest, 'points'>>;

test('both sides get every boot that they would get alone, block by block side by side', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const [a, b] = [
        { ...request, points: ['one', 'two', 'three'] },
        { ...request, points: ['one', 'three'] },
      ];
      const plan = interleavedPlan({ a, b });
      expect(plan.map(({ boot }) => boot)).toEqual(plan.map((_, index) => index));
      expect(plan.map(({ block }) => block)).toEqual(plan.map(({ block }) => block).sort((one, two) => one - two));
      const kinds = (boots: readonly object[]): string[] => boots.map((boot) => JSON.stringify(boot)).sort();
      const own = (arm: 'a' | 'b'): object[] =>
        plan
          .filter((planned) => planned.arm === arm)
          .map(({ block, warmup, method, point }) => ({ block, warmup, method, point }));
      const alone = (of: PlanRequest): object[] =>
        bootPlan(of).map(({ block, warmup, method, point }) => ({ block, warmup, method, point }));
      expect(kinds(own('a'))).toEqual(kinds(alone(a)));
      expect(kinds(own('b'))).toEqual(kinds(alone(b)));
      expect(interleavedPlan({ a, b })).toEqual(plan);
    }),
  );
});

test('neither side goes first more often than the other', () => {
  const request: PlanRequest = { method: 'trace', points: ['end'], boots: 1000, warmup: 0, seed: 7 };
  const plan = interleavedPlan({ a: request, b: request });
  const first = plan.filter(({ boot, arm }) => boot % 2 === 0 && arm === 'a').length;
  expect(first).toBeGreaterThan(440);
  expect(first).toBeLessThan(560);
});

test('two sides that were probed for different methods are measured by one that both have', () => {
  expect(commonMethod('trace', 'trace')).toBe('trace');
  expect(commonMethod('trace', 'both')).toBe('trace');
  expect(commonMethod('exit', 'both')).toBe('exit');
  expect(commonMethod('trace', 'exit')).toBe('exit');
});
