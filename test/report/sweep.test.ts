import { describe, expect, test } from 'vitest';
import { sweepPage } from '../../src/report/html/sweep-page.js';
import { sweepCsv } from '../../src/report/sweep/csv.js';
import { sweepMarkdown } from '../../src/report/sweep/markdown.js';
import { sweepReport } from '../../src/report/sweep/report.js';
import { sweepLines } from '../../src/report/sweep/table.js';
import { madeSweep } from '../rig/made-sweep.js';

const longName = (number: number): string =>
  `append="console=ttyS0 quiet, ${number}" source.branch=topic/virt-benchmarks kernel=linux-6.1.${number}`;
const textOf = (lines: readonly string[]): string => lines.join('\n');

describe('on a terminal', () => {
  test.each([
    [12, undefined],
    [40, longName],
    [200, undefined],
  ])('a sweep of %d cells fits 80 columns, and every row can be told from the others', (cells, nameOf) => {
    const lines = sweepLines(madeSweep({ cells, ...(nameOf && { nameOf }) })).filter((line) => line !== '');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(new Set(lines).size).toBe(lines.length);
    expect(textOf(lines)).toContain(cells === 200 ? '... and 140 more in sweep.csv' : `\n${cells}  `);
  });

  test('a long name shows how it begins and how it ends', () => {
    const lines = sweepLines(madeSweep({ cells: 12, nameOf: longName }));
    expect(textOf(lines)).toMatch(/\n 2 {2}append="console=.*\.\.\..*linux-6\.1\.2 /);
  });

  test('a cell that failed is there with its step, how often it was tried, and its log in one piece', () => {
    const text = textOf(sweepLines(madeSweep({ cells: 12, failed: [5] })));
    expect(text).toMatch(/\n 5 {2}memory=320 +failed\n/);
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(/✖ 5 memory=320: probe: the kernel panicked: .* \(tried 2 times\)/);
    expect(text).toContain('\n  log: /home/me/workspace/runs/20260102T030405Z-sweep+5-0123/logs/probe.log');
  });

  test('of many that failed the first are told, and how many more there are', () => {
    const failed = Array.from({ length: 70 }, (_, index) => index + 2);
    const lines = sweepLines(madeSweep({ cells: 80, failed }));
    expect(lines.filter((line) => line.startsWith('✖'))).toHaveLength(60);
    expect(textOf(lines)).toContain('... and 10 more that have failed, in sweep.csv');
  });
});

describe('on its page', () => {
  test('charts are of cells, found in the table by their numbers', async () => {
    const page = await sweepPage(madeSweep({ cells: 3, nameOf: longName }));
    expect(page).toContain('How long the whole boot takes on each cell');
    expect(page).toMatch(/<text[^>]*>2\s+append=/);
  });

  test('a host is named once where it is one alone, and in every row where they differ', async () => {
    const report = madeSweep({ cells: 3 });
    const host = 'another processor, 8 processors, Linux 6.12';
    const cells = report.cells.map((cell) => (cell.number === 3 ? { ...cell, host } : cell));
    expect((await sweepPage(report)).match(/2 processors, Linux 6\.1/g)).toHaveLength(1);
    const differing = await sweepPage({ ...report, cells });
    expect(differing).toContain('medians of different hosts cannot be compared');
    expect(differing.match(/2 processors, Linux 6\.1/g)).toHaveLength(2);
  });
});

test('the rows of a CSV and of a Markdown table hold, whatever a cell is called', () => {
  const nameOf = (number: number): string => `append="a, b | ${number}"`;
  const report = madeSweep({ cells: 3, nameOf, failed: [3] });
  const [titles = '', first = '', , third = ''] = sweepCsv(report).split('\r\n');
  expect(titles.split(',')).toContain('machine.memory');
  expect(first.startsWith('1,"append=""a, b | 1""",measured,')).toBe(true);
  expect(third).toContain('"the kernel panicked: ""VFS: Unable to mount root fs on unknown-block(0,0)""",/home/me/');
  expect(sweepMarkdown(report)).toMatch(/^\| 1 +append=.*a, b \\\| 1/m);
});

describe('on hosts that differ', () => {
  const report = madeSweep({ cells: 4 });
  const cells = report.cells.map((cell) =>
    cell.number < 3
      ? { ...cell, node: 'old', host: 'an old processor' }
      : { ...cell, node: 'new', host: 'a new processor' },
  );
  const mixed = sweepReport({ ...report, cells });

  test('no cell is the best or the worst of cells that were on another kind of host', () => {
    const total = mixed.extremes.filter(({ phase }) => phase === 'total');
    expect(total.map(({ host }) => host)).toEqual(['old', 'new']);
    expect(total.map(({ best, worst }) => [best.number, worst.number].sort())).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(report.extremes.every(({ host }) => host === undefined)).toBe(true);
  });

  test('every table says of each cell where it was', async () => {
    const page = await sweepPage(mixed);
    for (const text of [textOf(sweepLines(mixed)), sweepMarkdown(mixed), page]) {
      expect(text).toContain('on old');
      expect(text).toContain('on new');
      expect(text.replaceAll(/\s+/g, ' ')).toContain('medians of different hosts cannot be compared');
    }
    expect(page).toContain('new: a new processor');
    expect(sweepCsv(mixed).split('\r\n')[4]).toContain(',new,a new processor,');
  });
});
