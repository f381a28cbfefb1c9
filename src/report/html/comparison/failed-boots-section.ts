import { failedBoots } from '../failed-boots-section.js';
import { html, type Markup } from '../markup.js';
import { letter, SIDES, type ComparisonContent } from './content.js';

/** The boots of both sides that failed, with the last that was heard of them; nothing where none did. */
export function failedBootsSection({ sides }: ComparisonContent): Markup | undefined {
  const parts = SIDES.map((side) => ({ side, ...failedBoots(sides[side].samples) })).filter(({ failed }) => failed > 0);
  const failed = parts.reduce((sum, part) => sum + part.failed, 0);
  const all = sides.a.samples.length + sides.b.samples.length;
  return failed === 0
    ? undefined
    : html`<section aria-labelledby="failed">
        <h2 id="failed">Boots that failed: ${failed} of ${all}</h2>
        ${parts.map(
          ({ side, items }) =>
            html`<h3>${letter(side)}</h3>
              ${items}`,
        )}
      </section>`;
}
