import { historyChart } from '../chart/history-chart.js';
import { pagePalette, phaseColor } from '../chart/palette.js';
import { estimateWords } from '../chart/words.js';
import type { HistoryChange } from '../history/change.js';
import type { HistoryFigure, HistoryQuantity } from '../history/figures.js';
import type { History } from '../history/history.js';
import {
  causeLines,
  changedLines,
  changeText,
  conclusion,
  daysText,
  boundsText,
  leftOutLines,
  runsText,
  shareText,
} from '../history/history-words.js';
import { levelsOf, type Level } from '../history/levels.js';
import { signedDuration } from '../shift-text.js';
import { machineLine } from '../table.js';
import { panels, type Figure } from './figure.js';
import { html, type Content, type Markup } from './markup.js';
import { prose } from './prose.js';
import * as quantity from './quantity.js';
import { pageText } from './shell.js';
import { tableMarkup } from './table.js';

/** The page of `bootlap history --html`: the same history gives the same bytes. */
export async function historyPage(history: History): Promise<string> {
  const title = `${history.recipe}: boots over time`;
  return pageText({
    title,
    header: html`<header>
      <h1>${title}</h1>
      <p class="verdict">${prose(conclusion(history))}</p>
      <p class="faint">
        ${runsText(history.runs.length)} ${daysText(history)} on one host (${history.host.cpu}):
        ${prose(machineLine(history))}; method "${history.method}".
      </p>
    </header>`,
    sections: [changesSection(history), await chartsSection(history), runsSection(history), leftOutSection(history)],
  });
}

function changesSection({ changes, runs }: History): Markup | undefined {
  return changes.length === 0
    ? undefined
    : html`<section aria-labelledby="changes">
        <h2 id="changes">What changed</h2>
        ${changes.map((change, index) => changeMarkup(change, index, runs[change.at]?.at ?? ''))}
        <p class="faint">
          A change is where the runs before and after it differ by more than runs in any order do (permutation test of
          ranks over all phases, 5 %). Shifts: Hodges and Lehmann, of the medians of the runs between one change and the
          next.
        </p>
      </section>`;
}

function changeMarkup(change: HistoryChange, index: number, at: string): Markup {
  const columns = [
    { title: 'phase' },
    { title: 'before', kind: 'figure' as const },
    { title: 'after', kind: 'figure' as const },
    { title: 'shift', kind: 'figure' as const },
    { title: 'in percent', kind: 'figure' as const },
    { title: '95 % interval', kind: 'figure' as const },
    { title: 'what came of it', kind: 'word' as const },
  ];
  const rows = change.shifts.map((shift): Content[] => [
    shift.quantity,
    quantity.time(shift.before),
    quantity.time(shift.after),
    signedDuration(shift.shift),
    shareText(shift),
    boundsText(shift),
    shift.moved ? 'moved' : 'no difference seen',
  ]);
  const differing = change.shifts.flatMap(({ moved }, row) => (moved ? [row] : []));
  return html`<h3 class="change">${index + 1}. ${prose(changeText(change))}</h3>
    <p>Before the run of ${quantity.moment(at)}, <code>${change.after}</code>.</p>
    <ul>
      ${causeLines(change).map((line) => html`<li>${line.trim()}</li>`)}
    </ul>
    ${tableMarkup({ caption: `Change ${index + 1}: medians of the runs before and after`, columns, rows, differing })}`;
}

/** Pixels of a chart, of which a page has as many side by side as there is room for. */
const WIDTH = 330;

async function chartsSection(history: History): Promise<Markup> {
  const figures = history.quantities.map((one, index) => figureOf(history, one, index));
  return html`<section aria-labelledby="runs">
    <h2 id="runs">Run by run</h2>
    <p class="faint">
      ● a run's median, upright: its 95 % interval, cut where it goes far beyond the others. Lines across: the median of
      the runs between changes. Dashed lines: changes, by their number; dotted where this phase did not move.
    </p>
    ${await panels(figures)}
  </section>`;
}

function figureOf(history: History, { name, label }: HistoryQuantity, index: number): Figure {
  const runs = history.runs.flatMap(({ at, figures }, run) => {
    const figure = figures[name];
    return figure === undefined ? [] : [{ run, at, ...figure }];
  });
  const levels = levelsOf(history, name);
  const changes = history.changes.map(({ at, shifts }, number) => ({
    at,
    name: String(number + 1),
    moved: shifts.some(({ quantity: moving, moved }) => moving === name && moved),
  }));
  const description = describe(levels, runs.at(-1));
  const chart = historyChart({
    quantity: name,
    runs,
    levels,
    changes,
    description,
    palette: pagePalette,
    color: index === 0 ? pagePalette.ink : phaseColor(pagePalette, index - 1),
    width: WIDTH,
  });
  return {
    chart,
    id: `history-${index + 1}`,
    heading: name,
    caption: [label === undefined ? '' : `${label}. `, description],
  };
}

function describe(levels: readonly Level[], newest: HistoryFigure | undefined): string {
  const each = levels.map(({ begin, end, median }) => `${quantity.time(median)} in ${runsText(end - begin)}`);
  const last = newest === undefined ? '' : `; newest run ${estimateWords(newest.median, newest)}`;
  return `${each.join(', then ')}${last}`;
}

function runsSection({ runs, quantities, changes }: History): Markup {
  const rows = runs.map(({ id, at, boots, failed, load, figures, changed }, index): Content[] => {
    const number = changes.findIndex((change) => change.at === index);
    return [
      html`<code>${id}</code>`,
      ...quantities.map(({ name }, column) => figureText(figures[name], column)),
      number < 0 ? '' : String(number + 1),
      failed === 0 ? String(boots) : `${boots}, ${failed} failed`,
      load === undefined ? '-' : load.toFixed(2),
      quantity.moment(at),
      changed.flatMap(changedLines).map((line) => html`<div>${line.trim()}</div>`),
    ];
  });
  const columns = [
    { title: 'run' },
    ...quantities.map(({ name }) => ({ title: name, kind: 'figure' as const })),
    { title: 'change', kind: 'figure' as const },
    { title: 'boots', kind: 'figure' as const },
    { title: 'load', kind: 'figure' as const },
    { title: 'last boot', kind: 'word' as const },
    { title: 'not as in the run before', kind: 'text' as const },
  ];
  const differing = changes.map(({ at }) => at);
  return html`<section aria-labelledby="table">
    <h2 id="table">All runs</h2>
    ${tableMarkup({ caption: `Medians, that of ${quantities[0]?.name ?? ''} with its 95 % interval; the oldest first`, columns, rows, differing })}
  </section>`;
}

/** The first one with its interval; the charts show the others'. */
function figureText(figure: HistoryFigure | undefined, column: number): string {
  if (figure === undefined) {
    return '-';
  }
  const { value, interval } = quantity.estimate(figure.median, figure);
  return column === 0 ? `${value} ${interval}` : value;
}

function leftOutSection({ leftOut }: History): Markup | undefined {
  const lines = leftOutLines(leftOut);
  return lines.length === 0
    ? undefined
    : html`<section aria-labelledby="others">
        <h2 id="others">Not shown</h2>
        <ul>
          ${lines.map((line) => html`<li>${prose(line)}</li>`)}
        </ul>
      </section>`;
}
