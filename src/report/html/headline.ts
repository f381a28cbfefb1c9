import { baseText } from '../cell-text.js';
import { stoppedText } from '../stopped-text.js';
import { machineLine } from '../table.js';
import { pointName, type ReportContent } from './content.js';
import { html, type Markup } from './markup.js';
import { prose } from './prose.js';
import * as quantity from './quantity.js';

/** What was measured, what came out, and on what. */
export function headline({ summary }: ReportContent): Markup {
  const { recipe, measured } = summary;
  const base = baseText(summary);
  const stopped = stoppedText(summary);
  return html`<header>
    <h1>${recipe.name}: where a boot's time goes</h1>
    <p>${recipe.description}</p>
    ${verdict(summary.points)} ${base === undefined ? undefined : html`<p>This is ${base}.</p>`}
    <p class="faint">
      ${prose(machineLine(summary))}.
      ${METHODS[measured.method]}.${stopped === undefined ? '' : prose(` ${capital(stopped)}.`)} Measured
      ${quantity.moment(measured.firstBootAt)} to ${quantity.moment(measured.lastBootAt)}.
    </p>
  </header>`;
}

function capital(sentence: string): string {
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
}

/** How the boots were timed, for a person. */
const METHODS = {
  exit: 'Each boot ends at one point (method "exit"), so every time has the end of the hypervisor\'s process in it',
  trace: 'One boot gives every point (method "trace")',
  both: 'Figures are of boots that give every point (method "trace"); boots that end at one (method "exit") were done in between',
} as const;

function verdict(points: ReportContent['summary']['points']): Markup {
  const last = points.at(-1);
  if (last?.statistics === undefined) {
    return html`<p class="verdict">
      No boot came to the last point${last === undefined ? '' : `, "${pointName(last)}"`}.
    </p>`;
  }
  const { median, interval, n } = last.statistics;
  const total = quantity.estimate(median, interval);
  return html`<p class="verdict">
    <strong>${total.value}</strong> from the start of the VM to "${pointName(last)}": the median of ${n}
    boot${n === 1 ? '' : 's'}, 95 % interval ${total.interval}.
  </p>`;
}
