import type { HostRecord } from '../../measure/host.js';
import { tunedText } from '../../measure/tuned-record.js';
import type { MeasuredSummary } from '../summary.js';
import type { ReportContent } from './content.js';
import { html, type Content, type Markup } from './markup.js';
import * as quantity from './quantity.js';
import { tableMarkup } from './table.js';

const COLUMNS = [{ title: 'what' }, { title: 'value', kind: 'side' as const }];

/** The machine on which the boots were timed. */
export function hostSection({ summary: { host, measured } }: ReportContent): Markup {
  const rows = [...tunedFacts(measured), ...hostFacts(host)];
  const flaws = flawFacts(host);
  return html`<section aria-labelledby="host">
    <h2 id="host">Host</h2>
    ${tableMarkup({ caption: 'The machine on which the boots were timed, as its kernel tells it', columns: COLUMNS, rows })}
    <details>
      <summary>What its kernel does about flaws of the processor</summary>
      ${tableMarkup({ caption: 'Flaws of processors, and what the kernel does about them', columns: COLUMNS, rows: flaws })}
    </details>
  </section>`;
}

/** What was set while boots were timed; nothing where nothing was to be set. */
export function tunedFacts({ tuned }: MeasuredSummary): [name: string, value: string][] {
  return tuned === undefined ? [] : [['set for the boots (--tune)', tunedText(tuned)]];
}

/** What is known of a host: name and value. */
export function hostFacts({ mitigations: _, load, ...facts }: HostRecord): [name: string, value: string][] {
  return [
    ...Object.entries(facts).map(([name, value]): [string, string] => [HOST_NAMES[name] ?? name, plainValue(value)]),
    ['load when it began (1, 5, 15 min)', load.join(' ')],
  ];
}

/** What its kernel does about flaws of the processor: name and value. */
export function flawFacts({ mitigations }: HostRecord): [name: string, value: string][] {
  return Object.entries(mitigations).map(([name, value]) => [name.replaceAll('_', ' '), value]);
}

const HOST_NAMES: Readonly<Record<string, string>> = {
  cpu: 'processor',
  smt: 'SMT',
  kvm: '/dev/kvm',
  processors: 'logical processors',
  kernelBuild: 'build of the kernel',
  virtualised: 'is itself a guest',
  virtualisation: 'guest of',
  transparentHugepages: 'transparent huge pages',
  memoryMib: 'memory, MiB',
};

function plainValue(value: unknown): string {
  return typeof value === 'boolean'
    ? value
      ? 'yes'
      : 'no'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

/** What exactly was booted: versions where they are known, and the SHA-256 of everything. */
export function provenanceSection({ summary, origins }: ReportContent): Markup {
  const { inputs, measured } = summary;
  const code = (text: string): Markup => html`<code>${text}</code>`;
  const rows: Content[][] = [
    ...Object.entries(origins),
    ...Object.entries(inputs).map(([name, digest]) => [`${name}, SHA-256 of what was run`, code(digest)]),
    ['measurement, fingerprint of all that it depends on', code(measured.fingerprint)],
    ['seed of the order of the boots', measured.seed],
    ['first boot ended', quantity.moment(measured.firstBootAt)],
    ['last boot ended', quantity.moment(measured.lastBootAt)],
    ['sessions', measured.sessions],
  ];
  return html`<section aria-labelledby="provenance">
    <h2 id="provenance">Provenance</h2>
    ${tableMarkup({ caption: 'What was booted, and by what it is known again', columns: COLUMNS, rows })}
  </section>`;
}
