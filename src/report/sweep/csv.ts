import { canonicalJson } from '../../core/json.js';
import { field, type Value } from '../csv.js';
import { phaseNames, reading, WHOLE, type SweepReport, type SweepRow } from './report.js';

/**
 * `sweep.csv`: one row for each cell, as RFC 4180 has it, with a row of titles first. Of each phase and of the whole boot
 * (`total`): the median and its 95 % interval in nanoseconds; of the whole boot also its shift against the base.
 */
export function sweepCsv({ axes, cells }: Pick<SweepReport, 'axes' | 'cells'>): string {
  const phases = [...phaseNames(cells), WHOLE];
  const figures = phases.flatMap((phase) => [`${phase}_median_ns`, `${phase}_low_ns`, `${phase}_high_ns`]);
  const titles = [
    ...OWN,
    ...axes,
    ...figures,
    'shift_percent',
    'p',
    'verdict',
    'boots',
    'failed_boots',
    'failure',
    'log',
  ];
  const rows = cells.map((cell) => rowOf(cell, axes, phases));
  return [titles, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

const OWN = ['cell', 'name', 'status', 'same_as', 'attempt', 'job', 'node', 'host'];

function rowOf(cell: SweepRow, axes: readonly string[], phases: readonly string[]): Value[] {
  const { number, name, status, sameAs, attempt, job, node, host, values, figures, failure } = cell;
  const shift = figures?.against?.find(({ kind }) => kind === 'point');
  return [
    ...[number, name, status, sameAs, attempt, job, node, host],
    ...axes.map((axis) => textOf(values[axis])),
    ...phases.flatMap((phase): Value[] => {
      const { median, interval } = reading(cell, phase);
      return [median, interval?.low, interval?.high];
    }),
    ...[shift?.percent?.shift, shift?.p, shift?.verdict, figures?.boots.counted, figures?.boots.failed],
    ...[failure?.text, failure?.log],
  ];
}

function textOf(value: SweepRow['values'][string] | undefined): Value {
  return value !== null && typeof value === 'object' ? canonicalJson(value) : (value ?? undefined);
}
