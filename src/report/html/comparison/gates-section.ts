import type { JudgedGate } from '../../../measure/comparison/gate.js';
import { foundText } from '../../comparison-words.js';
import { html, type Content, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import { tableMarkup } from '../table.js';
import type { ComparisonContent } from './content.js';

/** The limits that B was held to, and what came of each; nothing where there was none. */
export function gatesSection({ document }: ComparisonContent): Markup | undefined {
  const { gates } = document;
  return gates.length === 0
    ? undefined
    : html`<section aria-labelledby="gates">
        <h2 id="gates">Gates</h2>
        ${tableMarkup({
          caption: 'B fails where its whole interval is beyond the limit; where the limit is inside it, nobody knows.',
          columns: [{ title: '--fail-if' }, { title: 'outcome' }, { title: 'found', kind: 'side' }],
          rows: gates.map((gate) => [gate.text, outcome(gate), prose(foundText(gate, document))]),
        })}
      </section>`;
}

function outcome({ outcome: came }: JudgedGate): Content {
  return came === 'failed' ? html`<span class="failed">failed</span>` : came;
}
