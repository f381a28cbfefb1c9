import { expect, test } from 'vitest';
import { drawChart, type Chart } from '../../../src/report/chart/drawing.js';

/** A chart whose drawing has a clip path and a gradient, which are referred to by their ids. */
const CHART: Chart = {
  title: 'url(#clip0) is a text',
  description: 'id="clip0" as well',
  spec: {
    width: 100,
    height: 50,
    data: { values: [{ x: 1 }, { x: 2 }] },
    mark: {
      type: 'bar',
      clip: true,
      color: {
        gradient: 'linear',
        stops: [
          { offset: 0, color: 'red' },
          { offset: 1, color: 'blue' },
        ],
      },
    },
    encoding: { x: { field: 'x', type: 'quantitative' } },
  },
};

const ids = (svg: string): string[] => [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
const references = (svg: string): string[] => [...svg.matchAll(/="url\(#([^)]*)\)"/g)].map(([, id = '']) => id);

test('two drawings on one page have no id in common, and each refers to its own', async () => {
  const [one, two] = [await drawChart(CHART, 'one'), await drawChart(CHART, 'two')];
  expect(ids(one).length).toBeGreaterThanOrEqual(5);
  expect(new Set([...ids(one), ...ids(two)]).size).toBe(ids(one).length + ids(two).length);
  for (const [id, svg] of [
    ['one', one],
    ['two', two],
  ] as const) {
    expect(references(svg).length).toBeGreaterThanOrEqual(2);
    expect(references(svg).filter((reference) => !ids(svg).includes(reference))).toEqual([]);
    expect(ids(svg).filter((own) => !own.startsWith(id))).toEqual([]);
  }
});

test('a drawing has the same bytes, however many were drawn before it', async () => {
  const first = await drawChart(CHART, 'chart');
  await drawChart(CHART, 'other');
  expect(await drawChart(CHART, 'chart')).toBe(first);
});

test('texts that look like a reference stay as they are', async () => {
  const svg = await drawChart(CHART, 'one');
  expect(svg).toContain('>url(#clip0) is a text</title>');
  expect(svg).toContain('>id="clip0" as well</desc>');
});
