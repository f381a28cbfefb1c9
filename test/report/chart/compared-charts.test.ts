import { describe, expect, test } from 'vitest';
import { comparedBootsChart } from '../../../src/report/chart/boots-chart.js';
import { comparedDistributionChart } from '../../../src/report/chart/compared-distribution-chart.js';
import { comparedPhasesChart } from '../../../src/report/chart/compared-phases-chart.js';
import { drawChart } from '../../../src/report/chart/drawing.js';
import { pagePalette as palette } from '../../../src/report/chart/palette.js';
import { readings } from '../../../src/report/chart/readings.js';
import { shiftImage } from '../../../src/report/chart/shift-image.js';
import { parseGate } from '../../../src/measure/comparison/gate.js';
import { comparisonDocument } from '../../../src/report/comparison.js';
import { sideOf, type Truth } from '../../rig/measured.js';

const MS = 1e6;

function marks(svg: string, name: string): string[] {
  const [, group = ''] = new RegExp(`<g class="[^"]*${name}_marks[^"]*"[^>]*>(.*?)</g>`).exec(svg) ?? [];
  return group.match(/<(?:path|line|text) /g) ?? [];
}

describe('shifts', () => {
  async function drawn(b: Truth, limits: readonly string[] = []): Promise<string> {
    const gates = limits.flatMap((text) => {
      const gate = parseGate(text);
      return gate.ok ? [gate.value] : [];
    });
    const wish = { threshold: { value: 1, unit: '%' }, gates, interleaved: true } as const;
    return shiftImage(comparisonDocument(sideOf({}, 'a'), sideOf({ seed: 2, ...b }, 'b'), wish));
  }

  test('each phase and the whole boot has its interval, and the threshold lies behind each', async () => {
    const svg = await drawn({ milliseconds: { 'user-space': 1942.5 } });
    expect(marks(svg, 'shifts')).toHaveLength(4);
    expect(marks(svg, 'intervals')).toHaveLength(4);
    expect(marks(svg, 'threshold')).toHaveLength(4);
    expect(svg).toMatch(/tKernel: \+\d\.\d % \(95 % interval \+\d\.\d to \+\d\.\d %\), slower/);
  });

  test('the limit of a gate is drawn where it lies near what was found, and one far away presses nothing flat', async () => {
    const b = { milliseconds: { 'user-space': 1942.5 } };
    expect(marks(await drawn(b, ['tKernel > +3%', 'total > +60%']), 'gates')).toHaveLength(1);
  });

  test('as an image they say how large they are', async () => {
    expect(await drawn({})).toMatch(/^<svg [^>]*width="800" height="\d+/);
  });
});

test('the phases of both are drawn on one axis: two stacks, and two bars for each phase', async () => {
  const [a, b] = [sideOf().summary, sideOf({ seed: 2, milliseconds: { 'user-space': 1942.5 } }).summary];
  const chart = comparedPhasesChart({ a, b }, { palette, width: 1040 });
  const svg = await drawChart(chart, 'phases');
  expect(marks(svg, 'phases')).toHaveLength(6);
  expect(marks(svg, 'stack')).toHaveLength(6);
  expect(svg).toContain('var(--side-a)');
  expect(svg).toContain('var(--side-b)');
  expect(chart.description).toMatch(/tKernel: A 1\.\d+ s \(95 % interval [^)]*\), B 1\.\d+ s/);
});

test('a phase that only one of the two has is there, and the other is said to have no figure', async () => {
  const { points, phases } = sideOf().summary;
  const svg = await drawChart(
    comparedPhasesChart({ a: { points, phases }, b: { points, phases: phases.slice(0, 1) } }, { palette, width: 1040 }),
    'phases',
  );
  expect(marks(svg, 'phases')).toHaveLength(4);
  expect(svg.match(/>no figure</g)).toHaveLength(2);
});

test('boots of A and of B have marks of their own, told apart by shape and by colour', async () => {
  const request = (color: string, seed: number): Parameters<typeof comparedBootsChart>[0]['a'] => ({
    point: 'kernel',
    readings: readings(sideOf({ seed }).samples, 'kernel', 'trace'),
    boots: 44,
    palette,
    color,
  });
  const svg = await drawChart(comparedBootsChart({ a: request('blue', 1), b: request('orange', 2) }), 'boots');
  const count = (side: string): number => marks(svg, `boot_${side}`).length + marks(svg, `outlier_${side}`).length;
  expect([count('a'), count('b')]).toEqual([20, 20]);
  const shape = (side: string): string | undefined => new RegExp(`boot_${side}_marks.*? d="([^"]*)"`).exec(svg)?.[1];
  expect(shape('a')).toBeDefined();
  expect(shape('a')).not.toBe(shape('b'));
});

test('the distributions of both have the same bins, and every boot is in one', () => {
  const durations = { a: [1, 2, 3, 4].map((n) => n * MS), b: [2, 3, 4, 9].map((n) => n * MS) };
  const { spec } = comparedDistributionChart({ phase: 'tFW', durations, palette });
  const layers = (spec as unknown as { layer: { name: string; data: { values: { from: number; count: number }[] } }[] })
    .layer;
  const bins = (name: string): { from: number; count: number }[] =>
    layers.find((layer) => layer.name === name)?.data.values ?? [];
  const sum = (name: string): number => bins(name).reduce((total, { count }) => total + count, 0);
  expect([sum('histogram-a'), sum('histogram-b')]).toEqual([4, -4]);
  const edges = (name: string): number[] => bins(name).map(({ from }) => from);
  expect(edges('histogram-a').some((edge) => edges('histogram-b').includes(edge))).toBe(true);
});
