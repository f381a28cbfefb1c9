import { pagePalette } from '../chart/palette.js';
import { phaseSpans } from '../chart/phase-spans.js';
import { phasesChart } from '../chart/phases-chart.js';
import type { Summary } from '../summary.js';
import { methodsOf, pointName, type ReportContent } from './content.js';
import { twoWidths } from './figure.js';
import { html, type Content, type Markup } from './markup.js';
import * as quantity from './quantity.js';
import { tableMarkup } from './table.js';

/** Where the time goes: the phases as bars, and the same in figures. */
export async function phasesSection({ summary }: ReportContent): Promise<Markup> {
  return html`<section aria-labelledby="phases">
    <h2 id="phases">Phases</h2>
    ${await twoWidths('phases', (width) => phasesChart(summary, { palette: pagePalette, width }))}
    <p class="faint">
      On top the phases one after the other, each with its parts below it. The line below the end of a bar is the 95 %
      interval of its length.
    </p>
    ${phaseTable(summary)}
  </section>`;
}

const RULES = {
  exit: 'Each is the difference of the medians of its two points, from boots of their own.',
  trace: 'Each is the median of the differences within a boot.',
} as const;

type Phase = Summary['phases'][number];

function phaseTable(summary: Summary): Markup {
  const depths = new Map(phaseSpans(summary).map(({ name, depth }) => [name, depth]));
  const order = [...depths.keys()];
  const phases = [...summary.phases].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return tableMarkup({
    caption: `How long each phase takes. ${RULES[methodsOf(summary)[0]]}`,
    columns: [
      { title: 'phase' },
      { title: 'median', kind: 'figure' },
      { title: '95 % interval', kind: 'figure' },
      { title: 'share', kind: 'figure' },
      { title: 'part of', kind: 'word' },
      { title: 'from', kind: 'word' },
      { title: 'to', kind: 'word' },
      { title: 'what it is', kind: 'text' },
    ],
    rows: phases.map((phase) => phaseRow(phase, summary)),
  });
}

function phaseRow({ name, label, from, to, in: whole, ...figures }: Phase, summary: Summary): Content[] {
  return [
    name,
    ...phaseFigures(figures, summary.points.at(-1)?.statistics?.median ?? 0),
    whole ?? 'the\u00a0boot',
    from === undefined ? 'start of the VM' : labelOf(from, summary),
    labelOf(to, summary),
    label,
  ];
}

function phaseFigures({ median, interval }: Pick<Phase, 'median' | 'interval'>, total: number): Content[] {
  if (median === undefined) {
    return ['no figure', '-', '-'];
  }
  const figure = quantity.estimate(median, interval);
  const share = total > 0 ? `${((median / total) * 100).toFixed(1)} %` : '-';
  return [figure.value, figure.interval, share];
}

function labelOf(name: string, { points }: Summary): string {
  return pointName(points.find((point) => point.name === name) ?? { name });
}
