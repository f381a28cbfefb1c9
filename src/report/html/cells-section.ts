import { cellsChart, type CellReading } from '../chart/cells-chart.js';
import { pagePalette, phaseColor } from '../chart/palette.js';
import { phaseSpans } from '../chart/phase-spans.js';
import type { CellSummary } from '../cell-summary.js';
import { appendLegend, cellsShown, cellTotal, cellWarnings, shiftWords } from '../cell-text.js';
import type { Summary } from '../summary.js';
import { pointName, type ReportContent } from './content.js';
import { panels, type Figure } from './figure.js';
import { html, type Content, type Markup } from './markup.js';
import * as quantity from './quantity.js';
import { tableMarkup, type HtmlColumn } from './table.js';

/** The machines of a matrix beside each other; nothing where there is but one. */
export async function cellsSection({ summary }: ReportContent): Promise<Markup | undefined> {
  const cells = cellsShown(summary);
  if (cells.length === 0) {
    return undefined;
  }
  return html`<section aria-labelledby="machines">
    <h2 id="machines">Machines</h2>
    <p>
      ${cells.length} machines were booted in turn, in shuffled blocks. The first is the base, of which the rest of this
      page is. Shifts are against it: their intervals and p hold for all machines together, and up to 1 % counts as no
      difference.
    </p>
    ${remarks(summary)} ${totalTable(cells)}
    <p class="faint">A dot is a median and its line the 95 % interval; behind them, as a band, those of the base.</p>
    ${await panels(cellFigures(summary, cells))}
    <details>
      <summary>Every phase of every machine against the base</summary>
      ${phaseTable(summary, cells)}
    </details>
  </section>`;
}

/** What stands against the figures, and what the names have no room for. */
function remarks(summary: Summary): Markup | undefined {
  const lines = [...cellWarnings(summary).map(({ text }) => text), ...appendLegend(summary)];
  return lines.length === 0
    ? undefined
    : html`<ul>
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>`;
}

const SHIFT_COLUMNS: readonly HtmlColumn[] = [
  { title: 'median', kind: 'figure' },
  { title: '95 % interval', kind: 'figure' },
  { title: 'shift', kind: 'figure' },
  { title: '95 % interval', kind: 'figure' },
  { title: 'p', kind: 'figure' },
  { title: 'verdict', kind: 'word' },
];

function totalTable(cells: readonly CellSummary[]): Markup {
  return tableMarkup({
    caption: 'The whole boot on each machine',
    columns: [
      { title: 'machine' },
      ...SHIFT_COLUMNS,
      { title: 'boots', kind: 'figure' },
      { title: 'failed', kind: 'figure' },
    ],
    rows: cells.map((cell) => {
      const { median, interval, shift, shiftInterval, p, verdict } = cellTotal(cell);
      const { counted, failed } = cell.boots;
      const failures = failed === 0 ? 0 : html`<span class="failed">${failed}</span>`;
      return [cell.name, median, interval, shift, shiftInterval, p, verdict, counted, failures];
    }),
  });
}

function cellFigures(summary: Summary, cells: readonly CellSummary[]): Figure[] {
  const phases = phaseSpans(summary).filter(({ depth }) => depth === 0);
  const last = summary.points.at(-1);
  const readings = (of: (cell: CellSummary) => Omit<CellReading, 'name'>): CellReading[] =>
    cells.map((cell) => ({ name: cell.name, ...of(cell) }));
  const charts = [
    {
      what: 'the whole boot takes',
      heading: `the whole boot, to "${last === undefined ? '' : pointName(last)}"`,
      color: pagePalette.ink,
      readings: readings(({ points }) => points.at(-1)?.statistics ?? {}),
    },
    ...phases.map(({ name, family }) => ({
      what: `${name} takes`,
      heading: name,
      color: phaseColor(pagePalette, family),
      readings: readings((cell) => phaseReading(cell, name)),
    })),
  ];
  return charts.map(({ heading, ...request }, index): Figure => {
    return { chart: cellsChart({ ...request, palette: pagePalette }), id: `machines-${index + 1}`, heading };
  });
}

function phaseReading({ phases }: CellSummary, name: string): Omit<CellReading, 'name'> {
  const { median, interval } = phases.find((phase) => phase.name === name) ?? {};
  return { ...(median === undefined ? {} : { median }), ...(interval === undefined ? {} : { interval }) };
}

function phaseTable(summary: Summary, cells: readonly CellSummary[]): Markup {
  const spans = phaseSpans(summary);
  return tableMarkup({
    caption: 'Each phase on each machine',
    columns: [{ title: 'phase' }, { title: 'machine', kind: 'text' }, ...SHIFT_COLUMNS],
    rows: spans.flatMap(({ name }) => cells.map((cell) => phaseRow(cell, name))),
  });
}

function phaseRow(cell: CellSummary, phase: string): Content[] {
  const { median, interval } = phaseReading(cell, phase);
  const figure = median === undefined ? { value: 'no figure', interval: '' } : quantity.estimate(median, interval);
  const found = cell.against?.find(({ kind, name }) => kind === 'phase' && name === phase);
  const base = { shift: cell.against === undefined ? 'base' : '-', shiftInterval: '', p: '', verdict: '' };
  const { shift, shiftInterval, p, verdict } = found === undefined ? base : shiftWords(found);
  return [phase, cell.name, figure.value, figure.interval, shift, shiftInterval, p, verdict];
}
