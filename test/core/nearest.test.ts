import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/core/nearest.js';

it.each([
  ['bots', 'boots'],
  ['timeuot', 'timeout'],
  ['frag', 'fragments'],
  ['WARMUP', 'warmup'],
  ['zzz', undefined],
])('%s most likely means %s', (word, meant) => {
  expect(nearest(word, ['boots', 'timeout', 'fragments', 'warmup'])).toBe(meant);
});

it('two words are as far from each other either way, and no word is away from itself', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
