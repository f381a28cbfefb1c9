import type { Sample } from '../../measure/samples.js';
import type { ReportContent } from './content.js';
import { html, type Markup } from './markup.js';

/** More than these say nothing new, and their last lines would fill the page. */
const SHOWN = 20;

/** The boots that failed, with the last that was heard of them; nothing where none did. */
export function failedBootsSection({ samples }: ReportContent): Markup | undefined {
  const failed = samples.filter(({ outcome }) => outcome !== 'reached');
  if (failed.length === 0) {
    return undefined;
  }
  const rest = failed.length - SHOWN;
  return html`<section aria-labelledby="failed">
    <h2 id="failed">Boots that failed: ${failed.length} of ${samples.length}</h2>
    ${failed.slice(0, SHOWN).map(failedBoot)} ${rest > 0 ? html`<p>${rest} more are in samples.ndjson.</p>` : undefined}
  </section>`;
}

function failedBoot({ boot, point, outcome, warmup, console: lines = [], errors = [] }: Sample): Markup {
  const words = [...errors, ...lines].join('\n');
  return html`<details>
    <summary>boot ${boot}, to ${point}: <span class="failed">${outcome}</span>${warmup ? ' (to warm up)' : ''}</summary>
    <pre tabindex="0">${words === '' ? 'It wrote nothing.' : words}</pre>
  </details>`;
}
