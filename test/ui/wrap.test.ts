import fc from 'fast-check';
import { expect, test } from 'vitest';
import { colourPaint } from '../../src/ui/paint.js';
import { wrap } from '../../src/ui/wrap.js';

const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 });

test('no word is lost or cut', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 60 }), (list, width) => {
      const lines = wrap(list.join(' '), width, '  ');
      expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(list);
    }),
  );
});

test('no line is longer than the terminal is wide, unless a single word is', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 14, max: 60 }), (list, width) => {
      expect(Math.max(...wrap(list.join(' '), width, '  ').map((line) => line.length))).toBeLessThanOrEqual(width);
    }),
  );
});

test('colours take no room', () => {
  expect(wrap(`${colourPaint.red('seven')} letters`, 13)).toHaveLength(1);
});

test('the indent at the beginning stays', () => {
  expect(wrap('  one two three', 10, '    ')).toEqual(['  one two', '    three']);
});
