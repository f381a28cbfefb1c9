import type { Sample } from '../../measure/samples.js';
import type { ReportContent } from './content.js';
import { html, type Markup } from './markup.js';

/** More than these say nothing new, and their last lines would fill the page. */
const SHOWN = 20;

/** The boots that failed, with the last that was heard of them; nothing where none did. */
export function failedBootsSection({ samples }: ReportContent): Markup | undefined {
  const { failed, items } = failedBoots(samples);
  return failed === 0
    ? undefined
    : html`<section aria-labelledby="failed">
        <h2 id="failed">Boots that failed: ${failed} of ${samples.length}</h2>
        ${items}
      </section>`;
}

/** How many boots failed, and the first of them, each to be unfolded. */
export function failedBoots(samples: readonly Sample[]): { readonly failed: number; readonly items: Markup } {
  const failed = samples.filter(({ outcome }) => outcome !== 'reached');
  const rest = failed.length - SHOWN;
  const more = rest > 0 ? html`<p>${rest} more are in samples.ndjson.</p>` : undefined;
  return { failed: failed.length, items: html`${failed.slice(0, SHOWN).map(failedBoot)} ${more}` };
}

function failedBoot({ boot, cell, point, outcome, warmup, console: lines = [], errors = [] }: Sample): Markup {
  const words = [...errors, ...lines].join('\n');
  return html`<details>
    <summary>
      boot ${boot}${cell === undefined ? '' : ` of ${cell}`}, to ${point}:
      <span class="failed">${outcome}</span>${warmup ? ' (to warm up)' : ''}
    </summary>
    <pre tabindex="0">${words === '' ? 'It wrote nothing.' : words}</pre>
  </details>`;
}
