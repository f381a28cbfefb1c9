import { isHandmade, reproduceCommand } from '../reproduce.js';
import type { ReportContent } from './content.js';
import { html, type Markup } from './markup.js';
import { prose } from './prose.js';

/** The command that measures the same again. */
export function reproduceSection(content: ReportContent): Markup {
  return html`<section aria-labelledby="reproduce">
    <h2 id="reproduce">The same again</h2>
    <pre tabindex="0"><code>${reproduceCommand(content).join(' \\\n  ')}</code></pre>
    <p class="faint">${prose(isHandmade(content) ? OF_FILES : OF_A_RECIPE)}</p>
  </section>`;
}

const OF_FILES =
  'HYPERVISOR, FIRMWARE and KERNEL are the files whose SHA-256 is above; options that are not shown here, such as --exit and --pin, have to be as they were.';
const OF_A_RECIPE =
  'A recipe of your own is called by its path instead of its name. "bootlap.lock" holds what it pinned. Settings are those that this measurement came to, whether they were set or not; those of sources and builds (kernel.points among them) and --with have to be as they were.';
