import { readableDuration } from '../measure/duration.js';
import type { PointSummary, Summary } from './summary.js';
import { cpuLines, failureLines, machineLine } from './table.js';

/** `report.md`: the summary for a person, in the Markdown of GitHub. */
export function markdownReport(summary: Summary): string {
  const sections = [
    [`# ${summary.recipe.name}: where a boot's time goes`, summary.recipe.description],
    [
      `${machineLine(summary)}. ${summary.measured.lastBootAt}.`,
      ...cpuLines(summary).map((line) => `${line}.`),
      ...failureLines(summary).map((line) => `**${line}.**`),
    ],
    ['## Phases', phaseTable(summary), 'Each is the difference of the medians of its two points.'],
    ['## Points', pointTable(summary)],
    ['## Host', hostTable(summary)],
    ['## What was run', inputTable(summary)],
  ];
  return `${sections
    .flat()
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function phaseTable({ phases }: Summary): string {
  return table(
    ['phase', 'from', 'to', 'time'],
    phases.map(({ name, label, from, to, median }) => [
      label === undefined ? name : `${name}: ${label}`,
      from ?? 'start of the VM',
      to,
      median === undefined ? 'no figure' : readableDuration(median),
    ]),
  );
}

const FIGURES = ['min', 'p5', 'p25', 'median', 'p75', 'p90', 'p95', 'p99', 'max', 'mean', 'sd', 'mad'] as const;

function pointTable({ points }: Summary): string {
  return table(['point', 'n', 'failed', ...FIGURES], points.map(pointRow));
}

function pointRow({ name, label, statistics, failed }: PointSummary): string[] {
  const figures = FIGURES.map((figure) => (statistics === undefined ? '-' : readableDuration(statistics[figure])));
  return [label === undefined ? name : `${name}: ${label}`, String(statistics?.n ?? 0), String(failed), ...figures];
}

function hostTable({ host }: Summary): string {
  const { mitigations, load, ...facts } = host;
  const rows = Object.entries(facts).map(([name, value]) => [name, JSON.stringify(value).replaceAll('"', '')]);
  return table(['', ''], [...rows, ['load', load.join(' ')], ...Object.entries(mitigations)]);
}

function inputTable({ inputs }: Summary): string {
  return table(
    ['', 'SHA-256'],
    Object.entries(inputs).map(([name, digest]) => [name, `\`${digest}\``]),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
