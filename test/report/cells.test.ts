import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/measure/samples.js';
import { cellLines, cellWarningLines } from '../../src/report/cell-table.js';
import { samplesCsv } from '../../src/report/csv.js';
import { markdownReport } from '../../src/report/markdown.js';
import { reproduceCommand } from '../../src/report/reproduce.js';
import { summarise, type Summary } from '../../src/report/summary.js';
import { summaryText } from '../../src/report/table.js';
import { samplesOf } from '../rig/measured.js';
import { measuredMatrix } from '../rig/matrix-measured.js';
import { guestRecipe } from '../rig/vm-step.js';
import { knownRecord } from '../rig/vm-summary.js';

const MATRIX = { memory: [128, 512], cpus: [1, 2] };
/** The second machine takes 100 ms longer in the kernel. */
const TRUTHS = [{}, { milliseconds: { 'user-space': 1950 } }];

describe('the summary of a matrix', () => {
  const { recipe, record, samples, summary } = measuredMatrix(MATRIX, TRUTHS);
  const cells = summary.cells ?? [];

  test('is on top that of the base, as if that had been measured alone', () => {
    const { cells: _cells, ...alone } = record;
    const base = samples.filter(({ cell }) => cell === 'memory=128 cpus=1');
    const { cells: _ofAll, ...top } = summary;
    expect(top).toEqual(summarise(recipe, alone, base));
    expect(top.points.map(({ statistics }) => statistics?.n)).toEqual([20, 20, 20]);
    expect(top.boots).toMatchObject({ counted: 20, warmup: 2 });
  });

  test('has every machine with its own figures, the base first', () => {
    expect(cells.map(({ name, values, machine }) => [name, values, machine.memoryMib, machine.processors])).toEqual([
      ['memory=128 cpus=1', { memory: 128, cpus: 1 }, 128, 1],
      ['memory=128 cpus=2', { memory: 128, cpus: 2 }, 128, 2],
      ['memory=512 cpus=1', { memory: 512, cpus: 1 }, 512, 1],
      ['memory=512 cpus=2', { memory: 512, cpus: 2 }, 512, 2],
    ]);
    expect(cells[0]).toMatchObject({ points: summary.points, phases: summary.phases, boots: summary.boots });
    expect(Math.round((cells[1]?.points.at(-1)?.statistics?.median ?? 0) / 1e7)).toBe(195);
  });

  test('holds each phase and the whole boot of each machine against the base', () => {
    expect(cells[0]).not.toHaveProperty('against');
    const slower = cells[1]?.against ?? [];
    expect(slower.map(({ kind, name, verdict }) => [kind, name, verdict])).toEqual([
      ['phase', 'tQEMU', 'no difference'],
      ['phase', 'tFW', 'inconclusive'],
      ['phase', 'tKernel', 'slower'],
      ['point', 'total', 'slower'],
    ]);
    expect(Math.abs((slower.at(-1)?.shift ?? 0) - 100e6)).toBeLessThan(10e6);
    expect(cells[2]?.against?.at(-1)?.verdict).toBe('no difference');
  });

  test('with boots that end at their points has the same, with other intervals', () => {
    const exit = measuredMatrix(MATRIX, TRUTHS, { method: 'exit' }).summary.cells ?? [];
    const kernel = exit[1]?.against?.find(({ name }) => name === 'tKernel');
    expect(kernel).toMatchObject({ verdict: 'slower', estimator: 'medians' });
    expect(kernel).not.toHaveProperty('p');
  });

  test('is none of a recipe without a matrix', () => {
    const plain = summarise(guestRecipe(), knownRecord('trace'), samplesOf({ boots: 6 }));
    expect(plain).not.toHaveProperty('cells');
    expect(cellLines(plain)).toEqual([]);
    expect(samplesCsv(['firmware'], samplesOf({ boots: 1 }))).not.toContain('cell');
  });
});

test('machines that are all the same are seldom called different, however many they are', () => {
  const memory = Array.from({ length: 8 }, (_, index) => 64 * (index + 1));
  const runs = Array.from({ length: 25 }, (_, run) => {
    const truths = memory.map((_, cell) => ({ seed: 1 + run * 100 + cell, noise: 0.03 }));
    const { recipe, record, samples } = measuredMatrix({ memory }, truths, { boots: 12 });
    const { cells = [] } = summarise({ ...recipe, points: recipe.points.slice(-1), phases: [] }, record, samples);
    return cells.some(({ against = [] }) => against.some(({ interval: { low, high } }) => low > 0 || high < 0));
  });
  // 5 % of 25 is 1.25; of intervals that hold for each machine by itself it would be 7.
  expect(runs.filter(Boolean).length).toBeLessThanOrEqual(4);
});

describe('on a terminal', () => {
  const { summary } = measuredMatrix(MATRIX, TRUTHS);

  test('the machines stand below the figures of the base, which is named', () => {
    const lines = summaryText(summary).split('\n');
    expect(lines[0]).toBe('the base of 4 machines, memory=128 cpus=1:');
    expect(lines.find((line) => line.startsWith('memory=128 cpus=2'))).toMatch(
      /^memory=128 cpus=2 {2}1\.9\d\d s +\+5\.\d % +\+\d\.\d to \+\d\.\d % +<0\.001 {2}slower$/,
    );
    expect(lines).toContain('+ slower than the base, - faster, by more than 1 %');
    expect(lines.filter((line) => line.endsWith(' +'))).toHaveLength(1);
  });

  test.each([40, 60, 80, 120])('they fit %i columns, whatever their names are', (width) => {
    const long = { type: ['pc-i440fx-7.2', 'q35'], append: [`quiet ${'a'.repeat(90)}`, `quiet ${'b'.repeat(90)}`] };
    for (const one of [summary, measuredMatrix(long).summary]) {
      const lines = cellLines(one, { width });
      const breakable = lines.filter((line) => !/[ab]{80}/.test(line));
      expect(Math.max(...breakable.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines.join('\n')).toContain(one.cells?.at(-1)?.name);
    }
  });

  test('a command line that is too long for a name is told once', () => {
    const append = [`quiet ${'a'.repeat(30)}`, `quiet ${'b'.repeat(30)}`];
    const lines = cellLines(measuredMatrix({ append, memory: [64, 128] }).summary, { width: 100 });
    expect(lines.filter((line) => line.startsWith('append#'))).toEqual(
      append.map((line, index) => `append#${index + 1}: ${line}`),
    );
  });

  test('boots that failed on another machine than the base are told', () => {
    const { recipe, record, samples } = measuredMatrix(MATRIX);
    const failing = samples.map((sample): Sample =>
      sample.cell === 'memory=512 cpus=2' && sample.block === 4 ? { ...sample, outcome: 'hung' } : sample,
    );
    const told = summarise(recipe, record, failing);
    expect(told.boots.failed).toBe(0);
    expect(cellWarningLines(told)[0]).toContain('! memory=512 cpus=2: 1 of 20 boots failed');
    expect(summaryText(told)).toContain('memory=512 cpus=2: 1 of 20 boots failed');
  });

  test('what is the same with several machines is told once', () => {
    const lines = cellWarningLines(measuredMatrix(MATRIX, [], { boots: 6 }).summary, { width: 200 });
    expect(lines).toEqual([expect.stringMatching(/^! memory=128 cpus=2: 6 boots are few.*; alike with 2 more$/)]);
  });
});

describe('in the report', () => {
  const { summary, samples, record } = measuredMatrix(MATRIX, TRUTHS);
  const request = { summary, plan: record.plan, timeout: '30s' };

  test('the machines are a table, and their phases another one', () => {
    const report = markdownReport(request);
    expect(report).toContain('The base of 4 machines, memory=128 cpus=1; pc under TCG');
    expect(report).toMatch(
      /^\| memory=128 cpus=2 \| 1\.9\d\d s \| \+5\.\d % \| .* \| <0\.001 \| \*\*slower\*\* \| .* \+\*\* \|$/m,
    );
    expect(report).toMatch(/^\| tKernel \| memory=512 cpus=2 \| 1\.\d+ s \|/m);
    expect(markdownReport({ ...request, summary: withoutCells(summary) })).not.toContain('machine |');
  });

  test('the command to do it again sets the matrix, and of the machine only what that leaves', () => {
    const command = reproduceCommand(request).join(' ');
    expect(command).toContain("--set 'matrix.memory=[128,512]' --set 'matrix.cpus=[1,2]'");
    expect(command).toContain('--set machine.type=pc');
    expect(command).not.toMatch(/machine\.(memory|cpus)=/);
  });

  test('the boots say of which machine they are', () => {
    const [titles = '', ...rows] = samplesCsv(['firmware', 'kernel', 'user-space'], samples).trimEnd().split('\r\n');
    expect(titles).toMatch(/,cell,ns:firmware,ns:kernel,ns:user-space$/);
    expect(rows).toHaveLength(4 * 22);
    expect(rows.filter((row) => row.includes(',memory=512 cpus=2,'))).toHaveLength(22);
  });
});

function withoutCells({ cells: _cells, ...summary }: Summary): Summary {
  return summary;
}
