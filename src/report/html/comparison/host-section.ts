import type { ComparedSide } from '../../comparison.js';
import { flawFacts, hostFacts, tunedFacts } from '../facts-section.js';
import { html, type Markup } from '../markup.js';
import type { ComparisonContent } from './content.js';
import { sidesFacts, sidesTables } from './sides-table.js';

/** The machines on which the boots were timed, and where they are not the same. */
export function hostSection({ document: { a, b, interleaved } }: ComparisonContent): Markup {
  const flaws = sidesFacts(flawFacts(a.host), flawFacts(b.host));
  const differing = flaws.filter((fact) => fact.a !== fact.b).length;
  const where = interleaved
    ? 'The machine on which the boots were timed, as its kernel tells it'
    : 'The machines on which the boots were timed, as their kernels tell it';
  return html`<section aria-labelledby="host">
    <h2 id="host">Host</h2>
    ${sidesTables(where, sidesFacts(hostRows(a), hostRows(b)))}
    <details>
      <summary>
        What its kernel does about flaws of the processor${differing === 0 ? '' : `: ${differing} of them differ`}
      </summary>
      ${sidesTables('Flaws of processors, and what the kernel does about them', flaws)}
    </details>
  </section>`;
}

function hostRows({ measured, host }: ComparedSide): (readonly [name: string, value: string])[] {
  return [...tunedFacts(measured), ...hostFacts(host)];
}
