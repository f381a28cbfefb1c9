import { comparedPhasesChart } from '../../chart/compared-phases-chart.js';
import { pagePalette } from '../../chart/palette.js';
import { twoWidths } from '../figure.js';
import { html, type Markup } from '../markup.js';
import { figuresOf, letter, type ComparisonContent } from './content.js';

/** Where the time goes in A and in B, on one axis. */
export async function phasesSection(content: ComparisonContent): Promise<Markup> {
  const phases = { a: figuresOf(content, 'a'), b: figuresOf(content, 'b') };
  return html`<section aria-labelledby="phases">
    <h2 id="phases">Phases</h2>
    ${await twoWidths('phases', (width) => comparedPhasesChart(phases, { palette: pagePalette, width }))}
    <p class="faint">
      On top the phases of ${letter('a')} one after the other, below them those of ${letter('b')}; then each by itself,
      where it lies in the boot. The line below the end of a bar is the 95 % interval of its length.
    </p>
  </section>`;
}
