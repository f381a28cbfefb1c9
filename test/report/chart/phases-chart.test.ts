import { expect, test } from 'vitest';
import { drawChart } from '../../../src/report/chart/drawing.js';
import { neutralPalette, pagePalette } from '../../../src/report/chart/palette.js';
import { phaseSpans } from '../../../src/report/chart/phase-spans.js';
import { phasesChart } from '../../../src/report/chart/phases-chart.js';
import { phasesImage } from '../../../src/report/chart/phases-image.js';
import { madeContent, type ContentWish } from '../../rig/report-content.js';

const NESTED: ContentWish = {
  points: [
    { name: 'firmware', at: 50 },
    { name: 'kernel', at: 60 },
    { name: 'initcalls', at: 200 },
    { name: 'user-space', at: 300 },
  ],
  phases: [
    { name: 'tQEMU', to: 'firmware' },
    { name: 'tInitcalls', from: 'initcalls', to: 'user-space', in: 'tKernel' },
    { name: 'tFW', from: 'firmware', to: 'kernel' },
    { name: 'tKernel', from: 'kernel', to: 'user-space' },
    { name: 'tEarly', from: 'kernel', to: 'initcalls', in: 'tKernel' },
  ],
};

test('three phases are three blocks on top, three bars, and three intervals', async () => {
  const svg = await draw({});
  expect(['stack', 'phases', 'intervals'].map((name) => marksOf(svg, name).length)).toEqual([3, 3, 3]);
  expect(texts(svg, 'phase-names')).toEqual(['tQEMU', 'tFW', 'tKernel']);
});

test('parts of a phase come right after it and lie below it in the stack', async () => {
  const { summary } = madeContent(NESTED);
  expect(phaseSpans(summary).map(({ name, depth, family }) => [name, depth, family])).toEqual([
    ['tQEMU', 0, 0],
    ['tFW', 0, 1],
    ['tKernel', 0, 2],
    ['tInitcalls', 1, 2],
    ['tEarly', 1, 2],
  ]);
  const tops = marksOf(await draw(NESTED), 'stack').map((mark) => Number(/ d="M[\d.]+,([\d.]+)/.exec(mark)?.[1]));
  expect(new Set(tops).size).toBe(2);
});

test('a phase that is its own part, or a part of one that is not there, does not hang the report', () => {
  const phases = [
    { name: 'tA', to: 'firmware', in: 'tA' },
    { name: 'tB', to: 'kernel', in: 'tGone' },
  ];
  expect(phaseSpans(madeContent({ phases }).summary).map(({ name }) => name)).toContain('tB');
});

test('a phase that ends before it begins is an outline with its negative figure', async () => {
  const points = [
    { name: 'firmware', at: 48 },
    { name: 'kernel', at: 40 },
    { name: 'user-space', at: 80 },
  ];
  const svg = await draw({ points });
  expect(marksOf(svg, 'phases')[1]).toContain('stroke="var(--phase-2)"');
  expect(marksOf(svg, 'phases')[1]).not.toContain('fill=');
  expect(texts(svg, 'phase-figures')[1]).toMatch(/^-/);
});

test('a phase without a figure says so and has no bar to mislead', async () => {
  const { summary } = madeContent();
  const phases = summary.phases.map(({ name, to }) => ({ name, to }));
  const svg = await drawChart(phasesChart({ ...summary, phases }, { palette: pagePalette, width: 800 }), 'a');
  expect(texts(svg, 'phase-figures')).toEqual(['no figure', 'no figure', 'no figure']);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(marksOf(svg, 'stack')).toEqual([]);
});

test('on a phone the figures leave out their intervals and the drawing is as wide as asked', async () => {
  const { summary } = madeContent();
  const svg = await drawChart(phasesChart(summary, { palette: pagePalette, width: 360 }), 'a');
  expect(svg).toMatch(/viewBox="0 0 360 \d+"/);
  expect(texts(svg, 'phase-figures').join()).not.toContain('to');
});

test('report.svg is an image of its own: a size, colours of its own, nothing from elsewhere', async () => {
  const svg = await phasesImage(madeContent(NESTED).summary);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" id="phases" width="800" height="\d+" viewBox=/);
  expect(svg).not.toMatch(/var\(|href|url\(/);
  expect(await phasesImage(madeContent(NESTED).summary)).toBe(svg);
});

test('the colours of report.svg are readable on white and on the near-black of dark pages', () => {
  const { ink, failed, phases, onPhase } = neutralPalette;
  for (const color of [ink, failed, ...phases]) {
    expect(contrast(color, '#ffffff'), color).toBeGreaterThan(4);
    expect(contrast(color, '#0d1117'), color).toBeGreaterThan(4);
  }
  expect(Math.min(...phases.map((color) => contrast(onPhase, color)))).toBeGreaterThan(4);
});

function draw(wish: ContentWish): Promise<string> {
  return drawChart(phasesChart(madeContent(wish).summary, { palette: pagePalette, width: 1000 }), 'phases');
}

function marksOf(svg: string, name: string): string[] {
  const [, marks = ''] = new RegExp(`<g class="[^"]* ${layerClass(name)}"[^>]*(?<!/)>(.*?)</g>`).exec(svg) ?? [];
  return marks.match(/<(?:path|line|text)[^>]*>/g) ?? [];
}

function texts(svg: string, name: string): string[] {
  const [, marks = ''] = new RegExp(`<g class="[^"]* ${layerClass(name)}"[^>]*(?<!/)>(.*?)</g>`).exec(svg) ?? [];
  return [...marks.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);
}

/** As WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** What Vega makes of a layer's name. */
function layerClass(name: string): string {
  return `${name.replaceAll('-', '_')}_marks`;
}
