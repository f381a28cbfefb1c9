import { expect, test } from 'vitest';
import { RecipeFolder } from './recipe-folder.js';

function problemsOf(measure: string): Promise<readonly object[]> {
  return new RecipeFolder({ 'mine.yaml': `extends: stock\nmeasure:\n  ${measure}\n` }).problems('mine.yaml');
}

test('a measurement that would be over before its first boot is refused where it is written', async () => {
  expect(await problemsOf('for: 0s')).toMatchObject([{ line: 3, path: 'measure.for', found: '"0s"' }]);
  expect(await problemsOf('until: 0%')).toMatchObject([{ line: 3, path: 'measure.until', found: '"0%"' }]);
  expect(await problemsOf('until: 0.00%')).toMatchObject([{ path: 'measure.until' }]);
  expect(await problemsOf('timeout: 0.0ms')).toMatchObject([{ path: 'measure.timeout', found: '"0.0ms"' }]);
});

test('a precision without its sign and a time without its unit are refused with an example', async () => {
  expect(await problemsOf('until: 1')).toMatchObject([{ path: 'measure.until', found: '1' }]);
  expect(await problemsOf('for: 60')).toMatchObject([{ path: 'measure.for', found: '60' }]);
});

test('a cap below which a point with few boots would have none is refused with the least that serves', async () => {
  const text = (cap: number): string => `extends: nemu\nmeasure: { until: 1%, max-boots: ${cap}, boots: 1000 }\n`;
  const problems = await new RecipeFolder({ 'mine.yaml': text(9) }).problems('mine.yaml');
  expect(problems).toMatchObject([
    { line: 2, path: 'measure.max-boots', found: '9', expected: expect.stringContaining('at least 10') as string },
  ]);
});

test('more boots than a plan can have are refused', async () => {
  expect(await problemsOf('max-boots: 1000000000')).toMatchObject([
    { path: 'measure.max-boots', expected: 'a number of boots up to 1000000' },
  ]);
  expect(await problemsOf('boots: 1000001')).toMatchObject([{ path: 'measure.boots' }]);
  const matrix = 'matrix: { memory: [64, 128, 256, 512] }';
  const text = (cap: number): string => `extends: stock\n${matrix}\nmeasure: { max-boots: ${cap} }\n`;
  expect(await new RecipeFolder({ 'mine.yaml': text(250_001) }).problems('mine.yaml')).toMatchObject([
    { path: 'measure.max-boots', expected: 'a number of boots up to 250000: each of 4 machines gets as many' },
  ]);
  expect(await new RecipeFolder({ 'mine.yaml': text(250_000) }).load('mine.yaml')).toMatchObject({ ok: true });
});
