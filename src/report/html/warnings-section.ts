import { cpuLines } from '../table.js';
import { warningText } from '../warning-text.js';
import type { ReportContent } from './content.js';
import { prose } from './prose.js';
import { html, type Markup } from './markup.js';

/** What a reader has to know before the figures; nothing where there is nothing. */
export function warningsSection({ summary }: ReportContent): Markup | undefined {
  const warnings = summary.warnings
    .map((warning) => warningText(warning))
    .map(({ text, advice }) => html`<li><strong>${prose(text)}</strong>: ${prose(advice)}</li>`);
  const items = [...cpuLines(summary).map((line) => html`<li>${line}</li>`), ...warnings];
  return warningsMarkup(items);
}

/** The warnings of a page, each a `li`; nothing where there is none. */
export function warningsMarkup(items: readonly Markup[]): Markup | undefined {
  return items.length === 0
    ? undefined
    : html`<section class="warnings" aria-labelledby="warnings">
        <h2 id="warnings">Before you trust these figures</h2>
        <ul>
          ${items}
        </ul>
      </section>`;
}
