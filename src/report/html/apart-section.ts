import type { MethodsApart } from '../../measure/phases.js';
import type { ReportContent } from './content.js';
import { html, type Content, type Markup } from './markup.js';
import * as quantity from './quantity.js';
import { tableMarkup } from './table.js';

/** How far the two methods are apart; nothing where there was one. */
export function apartSection({ summary }: ReportContent): Markup | undefined {
  const { apart } = summary;
  if (apart === undefined || apart.length === 0) {
    return undefined;
  }
  return html`<section aria-labelledby="apart">
    <h2 id="apart">How far the two methods are apart</h2>
    ${tableMarkup({
      caption:
        'By phase: "exit" minus "trace". An interval on one side of 0 is a difference that chance does not explain.',
      columns: [
        { title: 'phase' },
        { title: 'exit - trace', kind: 'figure' },
        { title: '95 % interval', kind: 'figure' },
        { title: 'in words' },
      ],
      rows: apart.map(apartRow),
    })}
  </section>`;
}

function apartRow({ phase, difference, interval }: MethodsApart): Content[] {
  const { value, interval: between } = quantity.estimate(difference, interval);
  if (interval.low <= 0 && interval.high >= 0) {
    return [phase, value, between, 'no difference to be seen'];
  }
  return [phase, value, between, difference > 0 ? '"exit" is the longer' : '"trace" is the longer'];
}
