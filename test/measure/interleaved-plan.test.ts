import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootPlan, type PlannedBoot, type PlanRequest } from '../../src/measure/boot-plan.js';
import { commonMethod, interleavedPlan, type PlanPart } from '../../src/measure/interleaved-plan.js';

const requests = fc.record({
  method: fc.constantFrom('exit', 'trace', 'both'),
  boots: fc.integer({ min: 1, max: 12 }),
  warmup: fc.integer({ min: 0, max: 3 }),
  seed: fc.nat(),
}) satisfies fc.Arbitrary<Omit<PlanRequest, 'points'>>;

function sides(a: PlanRequest, b: PlanRequest): PlanPart[] {
  return [
    { mark: { arm: 'a' }, request: a },
    { mark: { arm: 'b' }, request: b },
  ];
}

test('both sides get every boot that they would get alone, block by block side by side', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const [a, b] = [
        { ...request, points: ['one', 'two', 'three'] },
        { ...request, points: ['one', 'three'] },
      ];
      const plan = interleavedPlan(sides(a, b));
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
      expect(interleavedPlan(sides(a, b))).toEqual(plan);
    }),
  );
});

test('neither side goes first more often than the other', () => {
  const request: PlanRequest = { method: 'trace', points: ['end'], boots: 1000, warmup: 0, seed: 7 };
  const plan = interleavedPlan(sides(request, request));
  const first = plan.filter(({ boot, arm }) => boot % 2 === 0 && arm === 'a').length;
  expect(first).toBeGreaterThan(440);
  expect(first).toBeLessThan(560);
});

test('two sides that were probed for different methods are measured by one that both have', () => {
  expect(commonMethod(['trace', 'trace'])).toBe('trace');
  expect(commonMethod(['trace', 'both'])).toBe('trace');
  expect(commonMethod(['exit', 'both'])).toBe('exit');
  expect(commonMethod(['trace', 'exit'])).toBe('exit');
});

test('of many machines each gets every boot that it would get alone, and all are in every block', () => {
  fc.assert(
    fc.property(requests, fc.integer({ min: 2, max: 6 }), (request, machines) => {
      const own: PlanRequest = { ...request, points: ['one', 'two'], fewer: { one: 1 } };
      const names = Array.from({ length: machines }, (_, index) => `memory=${index}`);
      const plan = interleavedPlan(names.map((cell) => ({ mark: { cell }, request: own })));
      expect(plan.map(({ boot }) => boot)).toEqual(plan.map((_, index) => index));
      const what = (boots: readonly PlannedBoot[]): string[] =>
        boots.map(({ block, warmup, method, point }) => JSON.stringify({ block, warmup, method, point })).sort();
      for (const name of names) {
        expect(what(plan.filter(({ cell }) => cell === name))).toEqual(what(bootPlan(own)));
      }
    }),
  );
});

test('one alone keeps the order that it always had, and a longer plan begins as a shorter one does', () => {
  fc.assert(
    fc.property(requests, fc.integer({ min: 1, max: 10 }), (request, more) => {
      const own: PlanRequest = { ...request, points: ['one', 'two'], fewer: { one: 1 }, of: 3 };
      const longer = { ...own, boots: own.boots + more };
      expect(interleavedPlan([{ mark: {}, request: own }])).toEqual(bootPlan(own));
      const both = (of: PlanRequest): PlannedBoot[] => interleavedPlan(sides(of, of));
      expect(both(longer).slice(0, both(own).length)).toEqual(both(own));
      expect(bootPlan(longer).slice(0, bootPlan(own).length)).toEqual(bootPlan(own));
    }),
  );
});
