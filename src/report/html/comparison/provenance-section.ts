import type { ComparedSide } from '../../comparison.js';
import { html, type Markup } from '../markup.js';
import type { ComparisonContent } from './content.js';
import { sidesFacts, sidesTables, type SidesFact } from './sides-table.js';

/** What exactly was booted on both sides, and by what it is known again. */
export function provenanceSection({ document: { a, b }, sides }: ComparisonContent): Markup {
  const digests = sidesFacts(inputsOf(a), inputsOf(b), { code: true });
  const origins = sidesFacts(Object.entries(sides.a.origins ?? {}), Object.entries(sides.b.origins ?? {}));
  const steps = sidesFacts(Object.entries(sides.a.fingerprints ?? {}), Object.entries(sides.b.fingerprints ?? {}), {
    code: true,
  });
  return html`<section aria-labelledby="provenance">
    <h2 id="provenance">Provenance</h2>
    ${sidesTables('What was booted', [...origins, ...digests])}
    ${sidesTables('The VM, and its boots', measurementFacts(a, b))}
    ${steps.length === 0 ? undefined : sidesTables('Fingerprint of all that each step depends on', steps)}
  </section>`;
}

function inputsOf({ inputs, measured }: ComparedSide): [name: string, value: string][] {
  return [
    ...Object.entries(inputs).map(([name, digest]): [string, string] => [`${name}, SHA-256 of what was run`, digest]),
    ['measurement, fingerprint of all that it depends on', measured.fingerprint],
  ];
}

function measurementFacts(a: ComparedSide, b: ComparedSide): SidesFact[] {
  return sidesFacts(vmFacts(a), vmFacts(b));
}

function vmFacts({ machine, measured, boots }: ComparedSide): [name: string, value: string][] {
  const { type, accelerator, cpu, memoryMib, processors, append, arguments: more } = machine;
  return [
    ['machine', type],
    ['accelerator', accelerator],
    ['CPU model', cpu ?? "the hypervisor's own"],
    ['memory', `${memoryMib} MiB`],
    ['processors', String(processors)],
    ["kernel's command line", append === '' ? 'nothing' : append],
    ['further arguments', more.length === 0 ? 'none' : more.join(' ')],
    ['method', measured.method],
    ['boots', `${boots.counted}, ${boots.failed} of them failed; ${boots.warmup} to warm up`],
    ['seed of the order of the boots', String(measured.seed)],
    ['sessions', String(measured.sessions)],
  ];
}
