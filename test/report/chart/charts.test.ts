import { expect, test } from 'vitest';
import { bootsChart, type BootsRequest } from '../../../src/report/chart/boots-chart.js';
import { distributionChart } from '../../../src/report/chart/distribution-chart.js';
import { drawChart } from '../../../src/report/chart/drawing.js';
import { ecdfChart } from '../../../src/report/chart/ecdf-chart.js';
import { pagePalette as palette } from '../../../src/report/chart/palette.js';
import { readings } from '../../../src/report/chart/readings.js';
import { madeContent, type ContentWish } from '../../rig/report-content.js';

const MS = 1e6;

test('every boot has its mark, and those that failed, stand apart or warm up have marks of their own', async () => {
  const svg = await drawBoots({ outcomes: { 7: 'hung', 40: 'panicked' }, points: [{ name: 'firmware', at: 48 }] });
  const all = ['boot', 'outlier', 'failed', 'warm-up'].map((kind) => marksOf(svg, kind).length);
  expect(all.reduce((sum, number) => sum + number, 0)).toBe(62);
  expect(marksOf(svg, 'failed')).toHaveLength(2);
  expect(marksOf(svg, 'warm-up')).toHaveLength(2);
  expect(
    new Set(['boot', 'outlier', 'failed'].map((kind) => /d="[^"]*"/.exec(marksOf(svg, kind)[0] ?? '')?.[0])).size,
  ).toBe(3);
});

test('a boot that failed has no time: it lies at the upper edge', async () => {
  const svg = await drawBoots({ outcomes: { 7: 'hung' }, points: [{ name: 'firmware', at: 48 }] });
  expect(marksOf(svg, 'failed')[0]).toMatch(/translate\([\d.]+,0\)/);
});

test('a slow boot to warm up does not press the others flat', async () => {
  const svg = await drawBoots({}, (request) => ({
    ...request,
    readings: request.readings.map((reading) =>
      reading.kind === 'warm-up' ? { ...reading, nanoseconds: 9e9 } : reading,
    ),
  }));
  const heights = marksOf(svg, 'boot').map((mark) => Number(/translate\([\d.]+,([\d.]+)\)/.exec(mark)?.[1]));
  expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(20);
  expect(marksOf(svg, 'warm-up')[0]).toMatch(/translate\([\d.]+,0\)/);
});

test('where a measurement was gone on with is seen', async () => {
  expect(await drawBoots({ goneOnWithAt: 40 })).toContain('>session 2</text>');
  expect(await drawBoots({})).not.toContain('session 2');
});

test('the median and its interval are drawn through the boots, and left out where there is none', async () => {
  const svg = await drawBoots({});
  expect([marksOf(svg, 'median').length, marksOf(svg, 'interval').length]).toEqual([1, 1]);
  const { median, interval, ...without } = bootsOf({});
  expect([median, interval]).not.toContain(undefined);
  expect(marksOf(await drawChart(bootsChart(without), 'a'), 'median')).toEqual([]);
});

test('a point to which no boot came still has a chart', async () => {
  const svg = await drawChart(bootsChart({ ...bootsOf({}), readings: [] }), 'a');
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('a distribution function rises once for each boot, from 0 to all of them', async () => {
  const series = [{ name: 'exit', durations: [3 * MS, MS, 2 * MS] }];
  const svg = await drawChart(ecdfChart({ point: 'firmware', series, palette, color: 'red' }), 'a');
  const [, path = ''] = /ecdf_exit_marks"[^>]*><path[^>]* d="([^"]*)"/.exec(svg) ?? [];
  const heights = [...new Set([...path.matchAll(/[ML][\d.]+,([\d.]+)/g)].map(([, height]) => Number(height)))];
  expect(heights).toEqual([180, 120, 60, 0]);
  expect(svg).toContain('exit: 3 boots, from 1.0 ms to 3.0 ms, half of them by 2.0 ms');
});

test('two methods are told apart without colour', async () => {
  const series = ['trace', 'exit'].map((name) => ({ name, durations: [MS, 2 * MS] }));
  const svg = await drawChart(ecdfChart({ point: 'firmware', series, palette, color: 'red' }), 'a');
  expect(svg).toMatch(/ecdf_exit_marks"[^>]*><path[^>]*stroke-dasharray="5,3"/);
  expect(svg).not.toMatch(/ecdf_trace_marks"[^>]*><path[^>]*stroke-dasharray="5,3"/);
});

test('a histogram counts every value once, and each has its stroke', async () => {
  const durations = Array.from({ length: 50 }, (_, index) => (40 + (index % 7) - 3) * MS);
  const chart = distributionChart({ phase: 'tFW', durations, palette, color: 'red' });
  const layers = (chart.spec as { layer: { name: string; data: { values: { count: number }[] } }[] }).layer;
  const bins = layers.find(({ name }) => name === 'histogram')?.data.values ?? [];
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(50);
  expect(marksOf(await drawChart(chart, 'a'), 'strip')).toHaveLength(50);
});

test.each([
  ['one value', [5 * MS]],
  ['equal values', [5 * MS, 5 * MS, 5 * MS]],
  ['negative values', [-2 * MS, -1 * MS, 3 * MS]],
  ['nothing but 0', [0, 0]],
])('a distribution of %s can be drawn', async (_, durations) => {
  const svg = await drawChart(distributionChart({ phase: 'tFW', durations, palette, color: 'red' }), 'a');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(marksOf(svg, 'strip')).toHaveLength(durations.length);
});

test('a chart is drawn with the same bytes every time', async () => {
  expect(await drawBoots({})).toBe(await drawBoots({}));
});

function bootsOf(wish: ContentWish): BootsRequest {
  const { samples, summary } = madeContent(wish);
  const { median = 0, interval = { low: 0, high: 0 } } = summary.points[0]?.statistics ?? {};
  return {
    point: 'firmware',
    readings: readings(samples, 'firmware', 'exit'),
    median,
    interval,
    boots: samples.length,
    palette,
    color: 'red',
  };
}

function drawBoots(wish: ContentWish, change = (request: BootsRequest): BootsRequest => request): Promise<string> {
  return drawChart(bootsChart(change(bootsOf({ boots: 60, ...wish }))), 'boots');
}

/** The marks of a layer. */
function marksOf(svg: string, name: string): string[] {
  const [, marks = ''] = new RegExp(`<g class="[^"]* ${layerClass(name)}"[^>]*(?<!/)>(.*?)</g>`).exec(svg) ?? [];
  return marks.match(/<(?:path|line|text)[^>]*>/g) ?? [];
}

/** What Vega makes of a layer's name. */
function layerClass(name: string): string {
  return `${name.replaceAll('-', '_')}_marks`;
}
