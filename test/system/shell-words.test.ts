import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellText } from '../../src/system/shell-words.js';

test('whatever is in words, a shell makes exactly these words of them', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const said = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${shellText(words)}`]).toString();
      expect(said).toBe(words.map((each) => `${each}\0`).join(''));
    }),
    { numRuns: 60, examples: [[["it's", '$HOME `id`', '"\\', '', '-n', '; exit 7', 'a\nb']]] },
  );
});
