import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import type { ComparisonContent } from './content.js';

/** The commands that measure and compare the same again. */
export function reproduceSection({ commands, document }: ComparisonContent): Markup {
  return html`<section aria-labelledby="reproduce">
    <h2 id="reproduce">The same again</h2>
    ${commands.map(
      ({ title, parts }) =>
        html`<h3>${title}</h3>
          <pre tabindex="0"><code>${parts.join(' \\\n  ')}</code></pre>`,
    )}
    <p class="faint">${prose(document.interleaved ? OF_RECIPES : OF_RUNS)}</p>
  </section>`;
}

const OF_RECIPES =
  'Paths of recipes and trees are those of the call, from the folder that it was made in. "bootlap.lock" holds what the recipes pinned. Machine and measurement are set to what they came to, whether that was asked for or not.';
const OF_RUNS =
  'Measured one after the other, two runs differ by what the machine drifts in between: "bootlap compare" of two recipes boots them interleaved. A recipe of your own is called by its path instead of its name; settings of sources and builds and --with have to be as they were.';
