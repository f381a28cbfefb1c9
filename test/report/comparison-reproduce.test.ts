import { expect, test } from 'vitest';
import { recipesCommand, runsCommands, type ComparisonCall } from '../../src/report/comparison-reproduce.js';
import { sideOf } from '../rig/measured.js';

const CALL: ComparisonCall = {
  words: { a: 'stock', b: 'stock' },
  options: ['--threshold 1%', "--fail-if 'total > +5%'"],
  set: ['measure.boots=20', 'kernel.points=fine'],
  with: ['kernel=/src/my linux'],
  sets: { a: [], b: ['machine.memory=256'] },
  withs: { a: [], b: ['firmware=~/qboot'] },
};

test('a comparison of recipes is set to what it came to: shared settings once, others by side, what was built as it was called', () => {
  const sides = { a: sideOf(), b: sideOf({ record: { memoryMib: 256 } }) };
  const { parts } = recipesCommand(CALL, sides);
  expect(parts[0]).toBe('bootlap compare stock');
  expect(parts).toEqual(
    expect.arrayContaining([
      '--set kernel.points=fine',
      "--with 'kernel=/src/my linux'",
      "--with-b 'firmware=~/qboot'",
      '--set measure.boots=20',
      '--set measure.warmup=2',
      '--set measure.method=trace',
      '--set-a machine.memory=512',
      '--set-b machine.memory=256',
      '--threshold 1%',
      "--fail-if 'total > +5%'",
    ]),
  );
  expect(parts.filter((part) => part.includes('machine.memory'))).toHaveLength(2);
  expect(parts.filter((part) => part.includes('measure.boots'))).toHaveLength(1);
  expect(recipesCommand({ ...CALL, words: { a: 'stock', b: './mine.yaml' } }, sides).parts[0]).toBe(
    'bootlap compare stock ./mine.yaml',
  );
});

test('a comparison of runs is called with the same words, and each measurement has its own command, with its own boots', () => {
  const sides = { a: sideOf({ method: 'exit', boots: 12 }), b: { ...sideOf({ boots: 30 }), timeout: '30s' } };
  const [compare, a, b] = runsCommands({ ...CALL, words: { a: 'before', b: 'after' } }, sides);
  expect(compare?.parts).toEqual(['bootlap compare before after', ...CALL.options]);
  expect(a?.parts).toEqual(
    expect.arrayContaining(['bootlap run guest', '--set measure.boots=12', '--set measure.method=exit']),
  );
  expect(a?.parts.join(' ')).not.toContain('timeout');
  expect(b?.parts).toEqual(expect.arrayContaining(['--set measure.boots=30', '--set measure.timeout=30s']));
});
