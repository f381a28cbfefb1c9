import { estimateText } from '../estimate.js';
import { markdownTable } from '../markdown-table.js';
import { cautions, countsText, namedWithHosts, phaseNames, type SweepReport, type SweepRow } from './report.js';
import { phaseWords, rowWords } from './row-words.js';

/** `sweep.md`, in the Markdown of GitHub. */
export function sweepMarkdown(report: SweepReport): string {
  const { name, description } = report;
  const cells = namedWithHosts(report.cells);
  const counts = `${countsText(report)}${report.isCancelled ? ', cancelled' : ''}`;
  const parts = [
    `# ${name}`,
    ...(description === '' ? [] : [description]),
    `${cells.length} cells: ${counts}.`,
    ...cautions(report).map((text) => `> ${text}`),
    cellTable(cells),
    ...extremeTable(report),
    ...failureList(cells),
  ];
  return `${parts.join('\n\n')}\n`;
}

function cellTable(cells: readonly SweepRow[]): string {
  const phases = phaseNames(cells);
  const titles = ['cell', 'whole boot', '95 % interval', 'shift', 'verdict', ...phases];
  const rows = cells.map((cell) => {
    const { name, total, interval, shift, verdict } = rowWords(cell);
    return [name, total, interval, shift, verdict, ...phases.map((phase) => phaseWords(cell, phase))];
  });
  return markdownTable(titles, rows, [1, 3, ...phases.map((_, index) => index + 5)]);
}

function extremeTable({ extremes }: SweepReport): string[] {
  const rows = extremes.map(({ phase, best, worst, host }) => [
    host === undefined ? phase : `${phase} on ${host}`,
    `${estimateText(best.median).value} (${best.number}  ${best.name})`,
    `${estimateText(worst.median).value} (${worst.number}  ${worst.name})`,
  ]);
  return rows.length === 0 ? [] : ['## The best and the worst', markdownTable(['phase', 'best', 'worst'], rows)];
}

function failureList(cells: readonly SweepRow[]): string[] {
  const lines = cells.flatMap(({ number, name, failure, sameAs }) =>
    failure === undefined || sameAs !== undefined
      ? []
      : [`- ${number}  ${name}: ${failure.text}${failure.log === undefined ? '' : ` (\`${failure.log}\`)`}`],
  );
  return lines.length === 0 ? [] : ['## What failed', lines.join('\n')];
}
