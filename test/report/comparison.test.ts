import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseGate, type Gate } from '../../src/measure/comparison/gate.js';
import { comparisonDocument, type ComparisonDocument, type Side } from '../../src/report/comparison.js';
import { comparisonMarkdown } from '../../src/report/comparison-markdown.js';
import { comparisonLines } from '../../src/report/comparison-table.js';
import { colourPaint } from '../../src/ui/paint.js';
import { sideOf, type Truth } from '../rig/measured.js';

const GATES: readonly Gate[] = ['tKernel > +3%', 'total > +1s'].flatMap((text) => {
  const gate = parseGate(text);
  return gate.ok ? [gate.value] : [];
});

const side = (truth: Truth, name: string): Side => sideOf(truth, name);

function compared(b: Truth, a: Truth = {}, interleaved = false): ComparisonDocument {
  const wish = { threshold: { value: 1, unit: '%' } as const, gates: GATES, interleaved };
  return comparisonDocument(side(a, 'before'), side({ seed: 2, ...b }, 'after'), wish);
}

const SLOWER = { milliseconds: { 'user-space': 1942.5 } };

describe('on a terminal', () => {
  const rowsOf = (lines: readonly string[]): string[] =>
    lines.filter((line) => /^(tQ|tF|tK|firm|kernel|user)/.test(line));

  test('the table fits 80 columns, whatever the shifts are', () => {
    for (const b of [
      SLOWER,
      { milliseconds: { firmware: 9000, kernel: 9001, 'user-space': 99_999 } },
      { noise: 0.9 },
    ]) {
      const lines = comparisonLines(compared(b));
      expect(rowsOf(lines)).toHaveLength(6);
      expect(Math.max(...rowsOf(lines).map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  test('each row has both medians, the shift, its interval, p and the verdict', () => {
    const row = rowsOf(comparisonLines(compared(SLOWER))).find((line) => line.startsWith('tKernel'));
    expect(row).toMatch(/^tKernel +1\.\d{3} s +1\.\d{3} s +\+[45]\.\d % +\+\d\.\d to \+\d\.\d % +<0\.001 +slower$/);
  });

  test('where there is room, the shift is there as a duration too', () => {
    const row = rowsOf(comparisonLines(compared(SLOWER), { width: 100 })).find((line) => line.startsWith('tKernel'));
    expect(row).toMatch(/\+[45]\.\d % +\+\d+\.\d ms +\+/);
    expect(row?.length).toBeLessThanOrEqual(100);
  });

  test('colours change no text', () => {
    const document = compared(SLOWER);
    const painted = comparisonLines(document, { paint: colourPaint });
    expect(painted.join('\n')).toContain('\u001B[31mslower');
    expect(painted.map(stripVTControlCharacters)).toEqual(comparisonLines(document));
  });

  test.each([
    [SLOWER, /^B is slower than A to user-space: \+\d+(\.\d)? ms, \+\d\.\d % .*most of it in tKernel/],
    [{ milliseconds: { 'user-space': 1757 } }, /^B is faster than A to user-space: -/],
    [{ noise: 0.001 }, /^A and B do not differ by more than 1 % to user-space/],
    [{ noise: 0.3 }, /^These boots do not settle whether B differs from A by more than 1 %.*more boots/],
    [{ boots: 1 }, /^20 and 1 boots are too few/],
  ])('the last line says in words what it comes to: %j', (b, sentence) => {
    expect(comparisonLines(compared(b)).at(-1)).toMatch(sentence);
  });

  test('what differs between the two is said before the figures', () => {
    const lines = comparisonLines(compared({ record: { memoryMib: 256 } })).join('\n');
    expect(lines).toContain('machine.memory: 512 MiB in A, 256 MiB in B\ncompared all the same');
    const meant = comparisonLines(compared({ record: { memoryMib: 256 } }, {}, true)).join('\n');
    expect(meant).toContain('machine.memory: 512 MiB in A, 256 MiB in B');
    expect(meant).not.toContain('compared all the same');
    expect(meant).toContain('the boots of A and B were interleaved');
  });

  test('bytes that are not the same are named', () => {
    const { inputs } = sideOf({}, 'x').summary;
    const changed = compared({
      record: { inputs: { ...inputs, kernel: inputs['stopwatch']?.replaceAll('a', 'b') as never } },
    });
    expect(comparisonLines(changed).join('\n')).toContain('not the same bytes in A and B: kernel');
    expect(comparisonLines(compared({})).join('\n')).toContain('A and B ran the same bytes on the same machine');
  });
});

test('compare.md has the sentence, the gates, every row and how it was done', () => {
  const text = comparisonMarkdown(compared(SLOWER));
  expect(text).toMatch(/^# guest: B against A\n\n\*\*B is slower than A/);
  expect(text).toContain('- **failed: tKernel > +3%**\n- passed: total > +1s');
  expect(text.match(/^\| (tQEMU|tFW|tKernel|firmware|kernel|user-space) \|/gm)).toHaveLength(6);
  expect(text).toContain('| **slower** |');
  expect(text).toContain('method trace; A and B were measured one after the other');
});

test('of two measurements by both methods the traces are compared; one of both and one of exits share the exits', () => {
  expect(compared({ method: 'both' }, { method: 'both' }).methods).toEqual({ a: 'trace', b: 'trace' });
  const mixed = compared({ method: 'exit' }, { method: 'both' });
  expect(mixed.methods).toEqual({ a: 'exit', b: 'exit' });
  expect(mixed.differences).toEqual([]);
  expect(compared({ method: 'exit' }).differences).toEqual([{ field: 'method', a: 'trace', b: 'exit' }]);
});

test('a comparison survives its way through compare.json', () => {
  const document = compared(SLOWER);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
});
