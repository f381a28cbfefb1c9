import type { PointSummary } from '../summary.js';
import { methodsOf, pointName, type ReportContent } from './content.js';
import { html, type Content, type Markup } from './markup.js';
import * as quantity from './quantity.js';
import { tableMarkup } from './table.js';

const FIGURES = ['p5', 'p25', 'p75', 'p90', 'p95', 'p99', 'mad', 'min', 'max', 'mean', 'sd'] as const;

/** The figures of every point; with two methods, of each. */
export function pointsSection({ summary }: ReportContent): Markup {
  const { other } = summary;
  return html`<section aria-labelledby="points">
    <h2 id="points">Points</h2>
    ${pointTable(summary.points, other === undefined ? '' : `, method "${methodsOf(summary)[0]}"`)}
    ${other === undefined ? undefined : pointTable(other.points, `, method "${other.method}"`)}
    <p class="faint">
      mad: median of the distances from the median. No outlier is taken out; failed boots are in no figure.
    </p>
  </section>`;
}

function pointTable(points: readonly PointSummary[], how: string): Markup {
  return tableMarkup({
    caption: `Time from the start of the VM to each point${how}`,
    columns: [
      { title: 'point' },
      { title: 'port' },
      ...['n', 'failed', 'outliers', 'median', '95 % interval', ...FIGURES].map((title) => ({
        title,
        kind: 'figure' as const,
      })),
    ],
    rows: points.map(pointRow),
  });
}

function pointRow(point: PointSummary): Content[] {
  const { statistics, failed, port } = point;
  const failures = failed === 0 ? 0 : html`<span class="failed">${failed}</span>`;
  const head = [pointName(point), html`<code>0x${port.toString(16)}</code>`, statistics?.n ?? 0, failures];
  if (statistics === undefined) {
    return [...head, ...Array.from({ length: 3 + FIGURES.length }, () => '-')];
  }
  const { outliers, median, interval } = statistics;
  const middle = quantity.estimate(median, interval);
  return [
    ...head,
    outliers,
    middle.value,
    middle.interval,
    ...FIGURES.map((figure) => quantity.time(statistics[figure])),
  ];
}
