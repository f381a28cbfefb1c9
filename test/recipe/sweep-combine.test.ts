import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { plain, type Located } from '../../src/recipe/located.js';
import { combine, type Combination } from '../../src/recipe/sweep/combine.js';
import { parsedSetting } from '../../src/recipe/sweep/kept-values.js';
import { nameCells } from '../../src/recipe/sweep/name-cells.js';

type Values = Readonly<Record<string, Json>>;

function located(values: Values): Combination {
  return new Map(Object.entries(values).map(([axis, value]): [string, Located] => [axis, at(value)]));
}

function at(value: Json): Located {
  return parsedSetting(value, '/nowhere/sweep.yaml');
}

function cells(
  axes: Readonly<Record<string, readonly Json[]>>,
  more: { include?: Values[]; exclude?: Values[] },
): unknown[] {
  const combinations = combine({
    axes: new Map(Object.entries(axes).map(([axis, values]) => [axis, values.map(at)])),
    include: (more.include ?? []).map(located),
    exclude: (more.exclude ?? []).map(located),
  });
  return combinations.map((combination) =>
    Object.fromEntries([...combination].map(([axis, value]) => [axis, plain(value)])),
  );
}

describe('a matrix', () => {
  test('grows by include as the documentation of GitHub Actions shows it', () => {
    const include = [
      { color: 'green' },
      { color: 'pink', animal: 'cat' },
      { fruit: 'apple', shape: 'circle' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ];
    expect(cells({ fruit: ['apple', 'pear'], animal: ['cat', 'dog'] }, { include })).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  test('loses what an entry of exclude matches in part, before anything is included', () => {
    const axes = { os: ['mac', 'windows'], version: [12, 14, 16], environment: ['staging', 'production'] };
    const exclude = [
      { os: 'mac', version: 12, environment: 'production' },
      { os: 'windows', version: 16 },
    ];
    const found = cells(axes, { exclude, include: [{ os: 'windows', version: 16, environment: 'staging' }] });
    expect(found).toHaveLength(12 - 1 - 2 + 1);
    expect(found.at(-1)).toEqual({ os: 'windows', version: 16, environment: 'staging' });
    expect(found).not.toContainEqual(exclude[0]);
  });

  test('of includes alone is one cell for each of them', () => {
    expect(cells({}, { include: [{ a: 1 }, { a: 1 }, { b: 2 }] })).toEqual([{ a: 1 }, { a: 1 }, { b: 2 }]);
  });

  test('tells mappings by what is in them, in whatever order', () => {
    const axes = { source: [{ git: 'x', branch: 'y' }, { url: 'z' }] };
    expect(cells(axes, { exclude: [{ source: { branch: 'y', git: 'x' } }] })).toEqual([{ source: { url: 'z' } }]);
  });
});

describe('a name of a cell', () => {
  test('has what differs, by the shortest key that no other has', () => {
    expect(
      nameCells([
        { recipe: 'stock', 'machine.memory': 64, 'kernel.config': 'a', 'firmware.config': 'x' },
        { recipe: 'stock', 'machine.memory': 128, 'kernel.config': 'b', 'firmware.config': 'y' },
      ]),
    ).toEqual(['memory=64 kernel.config=a firmware.config=x', 'memory=128 kernel.config=b firmware.config=y']);
  });

  test('has numbers for what is long, file names for paths, and is never that of another', () => {
    const long = (end: string): string => `console=ttyS0 quiet root=/dev/vda ${end}`;
    const names = nameCells([
      { recipe: 'stock', 'machine.append': long('a') },
      { recipe: '../x/mine.yaml', 'machine.append': long('b') },
      { recipe: '../x/mine.yaml', 'machine.append': long('b') },
      { recipe: 'stock' },
    ]);
    expect(names).toEqual([
      'recipe=stock append=#1',
      'recipe=mine append=#2',
      'recipe=mine append=#2 (2)',
      'recipe=stock',
    ]);
  });
});
