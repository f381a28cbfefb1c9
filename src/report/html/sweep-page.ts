import { cellsChart } from '../chart/cells-chart.js';
import { pagePalette } from '../chart/palette.js';
import { estimateText } from '../estimate.js';
import {
  cautions,
  countsText,
  namedWithHosts,
  phaseNames,
  reading,
  WHOLE,
  type SweepReport,
  type SweepRow,
} from '../sweep/report.js';
import { phaseWords, rowWords } from '../sweep/row-words.js';
import { panels } from './figure.js';
import { html, type Markup } from './markup.js';
import { pageText } from './shell.js';
import { tableMarkup } from './table.js';

/** Of a longer sweep the charts show the base, the best and the worst. */
const MOST_DRAWN = 40;
/** Of a longer one the table has the beginning; `sweep.csv` has all. */
const MOST_ROWS = 2000;

/** `sweep.html`: the same sweep gives the same bytes. */
export async function sweepPage(report: SweepReport): Promise<string> {
  const { name, description, file } = report;
  const cells = namedWithHosts(report.cells);
  const hosts = hostsOf(cells);
  return pageText({
    title: `${name}: a sweep`,
    header: html`<header>
      <h1>${name}</h1>
      ${description === '' ? undefined : html`<p>${description}</p>`}
      <p class="verdict">${cells.length} cells: ${countsText(report)}${report.isCancelled ? ', cancelled' : ''}.</p>
      ${hosts.length === 1 ? html`<p>On ${hosts[0]}.</p>` : undefined}
      <p class="faint">${file}</p>
    </header>`,
    sections: [
      cautionSection(report),
      extremesSection(report),
      await chartsSection(cells),
      tableSection(cells, hosts.length > 1),
      failuresSection(cells),
    ],
  });
}

function hostsOf(cells: readonly SweepRow[]): string[] {
  return [...new Set(cells.flatMap(({ host }) => (host === undefined ? [] : [host])))];
}

function cautionSection(report: SweepReport): Markup | undefined {
  const texts = cautions(report);
  return texts.length === 0
    ? undefined
    : html`<section aria-label="Cautions">
        <ul>
          ${texts.map((text) => html`<li>${text}</li>`)}
        </ul>
      </section>`;
}

function extremesSection({ extremes }: SweepReport): Markup | undefined {
  return extremes.length === 0
    ? undefined
    : html`<section aria-labelledby="extremes">
        <h2 id="extremes">The best and the worst</h2>
        ${tableMarkup({
          caption: 'The cell with the least and the most of each phase',
          columns: [
            { title: 'phase' },
            { title: 'best', kind: 'figure' },
            { title: 'cell', kind: 'text' },
            { title: 'worst', kind: 'figure' },
            { title: 'cell', kind: 'text' },
          ],
          rows: extremes.map(({ phase, best, worst, host }) => [
            host === undefined ? phase : `${phase} on ${host}`,
            estimateText(best.median).value,
            `${best.number}  ${best.name}`,
            estimateText(worst.median).value,
            `${worst.number}  ${worst.name}`,
          ]),
        })}
      </section>`;
}

async function chartsSection(cells: readonly SweepRow[]): Promise<Markup | undefined> {
  const drawn = drawnCells(cells);
  if (drawn.length < 2) {
    return undefined;
  }
  const isWhole = drawn.length === cells.filter(isOwnFigure).length;
  const figures = [WHOLE, ...phaseNames(drawn)].map((phase, index) => {
    // By its number a cell is found in the table, however its name had to be cut.
    const readings = drawn.map((cell) => ({ name: `${cell.number}  ${cell.name}`, ...reading(cell, phase) }));
    const what = phase === WHOLE ? 'the whole boot takes' : `${phase} takes`;
    const color = phase === WHOLE ? pagePalette.ink : (pagePalette.phases[0] ?? pagePalette.ink);
    return {
      chart: cellsChart({ what, each: 'cell', readings, palette: pagePalette, color }),
      id: `cells-${index + 1}`,
      heading: phase === WHOLE ? 'the whole boot' : phase,
    };
  });
  return html`<section aria-labelledby="cells">
    <h2 id="cells">Cells</h2>
    <p class="faint">
      A dot is a median and its line the 95 % interval; behind them, as a band, those of the base.
      ${isWhole ? undefined : `Drawn are the base, and the cells with the shortest and the longest boots.`}
    </p>
    ${await panels(figures)}
  </section>`;
}

function isOwnFigure(cell: SweepRow): boolean {
  return cell.sameAs === undefined && reading(cell, WHOLE).median !== undefined;
}

function drawnCells(cells: readonly SweepRow[]): SweepRow[] {
  const own = cells.filter(isOwnFigure);
  if (own.length <= MOST_DRAWN) {
    return own;
  }
  const [base, ...rest] = own;
  const sorted = rest.sort((a, b) => (reading(a, WHOLE).median ?? 0) - (reading(b, WHOLE).median ?? 0));
  const half = MOST_DRAWN / 2;
  return [...(base === undefined ? [] : [base]), ...sorted.slice(0, half - 1), ...sorted.slice(-half)];
}

function tableSection(cells: readonly SweepRow[], hasHosts: boolean): Markup {
  const phases = phaseNames(cells);
  return html`<section aria-labelledby="table">
    <h2 id="table">Every cell</h2>
    ${tableMarkup({
      caption:
        cells.length > MOST_ROWS ? `The first ${MOST_ROWS} cells; all are in sweep.csv` : 'The whole boot of each cell',
      columns: [
        { title: 'cell', kind: 'text' },
        { title: 'median', kind: 'figure' },
        { title: '95 % interval', kind: 'figure' },
        { title: 'shift', kind: 'figure' },
        { title: 'verdict', kind: 'word' },
        ...phases.map((title) => ({ title, kind: 'figure' as const })),
        ...(hasHosts ? [{ title: 'host', kind: 'text' as const }] : []),
      ],
      rows: cells.slice(0, MOST_ROWS).map((cell) => {
        const { name, total, interval, shift, verdict } = rowWords(cell);
        const figures = phases.map((phase) => phaseWords(cell, phase));
        return [name, total, interval, shift, verdict, ...figures, ...(hasHosts ? [hostWords(cell)] : [])];
      }),
    })}
  </section>`;
}

function hostWords({ node, host }: SweepRow): string | undefined {
  return node === undefined ? host : `${node}: ${host ?? ''}`;
}

function failuresSection(cells: readonly SweepRow[]): Markup | undefined {
  const failed = cells.filter(({ failure, sameAs }) => failure !== undefined && sameAs === undefined);
  return failed.length === 0
    ? undefined
    : html`<section aria-labelledby="failed">
        <h2 id="failed">What failed</h2>
        ${tableMarkup({
          caption: 'Cells without figures',
          columns: [
            { title: 'cell', kind: 'text' },
            { title: 'why', kind: 'text' },
            { title: 'log', kind: 'side' },
          ],
          rows: failed.map(({ number, name, failure }) => [
            `${number}  ${name}`,
            `${failure?.step === undefined ? '' : `${failure.step}: `}${failure?.text ?? ''}`,
            failure?.log,
          ]),
        })}
      </section>`;
}
