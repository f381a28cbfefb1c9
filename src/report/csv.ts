import type { Sample } from '../measure/samples.js';

/**
 * `samples.csv`: one row for each boot in the order of booting, as RFC 4180 has it, with a row of titles first. The
 * last columns are one for each point, `ns:<point>`: nanoseconds from the start of the VM. A boot of the method `exit`
 * fills that of its own point, a traced one all of them, and one that failed none. Before them, `cell` says which machine
 * of a matrix was booted; it is there only where there is a matrix.
 * @param points names, in the order of a boot
 */
export function samplesCsv(points: readonly string[], samples: readonly Sample[]): string {
  const hasCells = samples.some(({ cell }) => cell !== undefined);
  const columns = Object.entries(hasCells ? { ...COLUMNS, cell: ({ cell }: Sample) => cell } : COLUMNS);
  const titles = [...columns.map(([title]) => title), ...points.map((point) => `ns:${point}`)];
  const rows = samples.map((sample) => [
    ...columns.map(([, value]) => value(sample)),
    ...points.map((point) => durationTo(sample, point)),
  ]);
  return [titles, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** What a field can hold; nothing is an empty field. */
export type Value = string | number | boolean | undefined;

const COLUMNS: Readonly<Record<string, (sample: Sample) => Value>> = {
  boot: ({ boot }) => boot,
  block: ({ block }) => block,
  session: ({ session }) => session,
  warmup: ({ warmup }) => warmup,
  method: ({ method }) => method,
  point: ({ point }) => point,
  outcome: ({ outcome }) => outcome,
  at: ({ at }) => at,
  status: ({ status }) => status,
  signal: ({ signal }) => signal,
  timed_out: ({ timedOut }) => timedOut,
  start_ns: ({ startNs }) => startNs,
  end_ns: ({ endNs }) => endNs,
  elapsed_ns: ({ elapsedNs }) => elapsedNs,
  user_ns: ({ userNs }) => userNs,
  sys_ns: ({ sysNs }) => sysNs,
  max_rss_kib: ({ maxRssKib }) => maxRssKib,
  minor_faults: ({ minorFaults }) => minorFaults,
  major_faults: ({ majorFaults }) => majorFaults,
  voluntary_switches: ({ voluntarySwitches }) => voluntarySwitches,
  involuntary_switches: ({ involuntarySwitches }) => involuntarySwitches,
};

function durationTo(sample: Sample, point: string): Value {
  if (sample.outcome !== 'reached') {
    return undefined;
  }
  return sample.method === 'trace' ? sample.markersNs?.[point] : sample.point === point ? sample.elapsedNs : undefined;
}

/** A value as it stands in a row: quoted where it has to be. */
export function field(value: Value): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
