import type { ComparedRow } from '../../../measure/comparison/compare.js';
import { pagePalette } from '../../chart/palette.js';
import { shiftChart } from '../../chart/shift-chart.js';
import { shiftsOf } from '../../chart/shift-image.js';
import type { ComparisonDocument } from '../../comparison.js';
import { intervalText, pText, shiftText, signedDuration, thresholdText } from '../../comparison-words.js';
import { twoWidths } from '../figure.js';
import { html, type Content, type Markup } from '../markup.js';
import * as quantity from '../quantity.js';
import { tableMarkup } from '../table.js';
import type { ComparisonContent } from './content.js';

/** By how much B lies above A: each phase with its interval against the threshold, and all of it in figures. */
export async function shiftSection({ document }: ComparisonContent): Promise<Markup | undefined> {
  if (document.rows.length === 0) {
    return undefined;
  }
  return html`<section aria-labelledby="shift">
    <h2 id="shift">Shift</h2>
    ${await twoWidths('shift', (width) => shiftChart({ ...shiftsOf(document), palette: pagePalette, width }))}
    <p class="faint">
      By how much B lies above A, in percent of A's median, with its 95 % interval: left of the line B is faster, right
      of it slower. ● is settled, ○ is no difference or not settled. The grey band is the threshold
      (${thresholdText(document)}): what lies within it is of no practical
      worth.${document.gates.length === 0 ? '' : ' A dashed red line is the limit of a gate, where it is near.'} An
      interval without a stroke at its end goes on beyond the edge. Bold: the whole boot.
    </p>
    ${rowTable(document)}
  </section>`;
}

function rowTable({ rows }: ComparisonDocument): Markup {
  return tableMarkup({
    caption: 'Every phase, and the time from the start of the VM to every point',
    columns: [
      { title: 'phase or point' },
      ...['A', 'B', 'shift', 'of A', '95 % interval', 'p'].map((title) => ({ title, kind: 'figure' as const })),
      { title: 'verdict', kind: 'word' },
      { title: 'boots', kind: 'figure' },
      { title: 'what it is', kind: 'text' },
    ],
    rows: rows.map(cells),
  });
}

function cells(row: ComparedRow): Content[] {
  const { name, label, a, b, shift, percent, verdict } = row;
  return [
    name,
    quantity.time(a.median),
    quantity.time(b.median),
    signedDuration(shift),
    percent === undefined ? '-' : shiftText(row),
    intervalText(row),
    pText(row),
    verdict === 'slower' ? html`<span class="failed">slower</span>` : verdict,
    `${a.n}, ${b.n}`,
    label,
  ];
}
