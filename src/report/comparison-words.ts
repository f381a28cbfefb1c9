import { readableDuration } from '../measure/duration.js';
import type { ComparedRow } from '../measure/comparison/compare.js';
import type { JudgedGate } from '../measure/comparison/gate.js';
import { totalRow, type ComparedSide, type ComparisonDocument } from './comparison.js';
import { warningText } from './warning-text.js';

/** `+5.0 %`, `-0.3 %`, `+0.0 %`. */
export function signedPercent(percent: number): string {
  return `${signedNumber(percent)} %`;
}

/** `+90.1 ms`, `-12.3 us`. */
export function signedDuration(nanoseconds: number): string {
  return `${nanoseconds < 0 ? '' : '+'}${readableDuration(nanoseconds)}`;
}

/** Bounds in percent of A, or as durations where A has nothing to be a share of: `+4.4 to +5.6 %`. */
export function intervalText({ interval, percent }: ComparedRow): string {
  return percent === undefined
    ? `${signedDuration(interval.low)} to ${signedDuration(interval.high)}`
    : `${signedNumber(percent.low)} to ${signedNumber(percent.high)} %`;
}

/** A shift in percent of A, or as a duration. */
export function shiftText({ shift, percent }: ComparedRow): string {
  return percent === undefined ? signedDuration(shift) : signedPercent(percent.shift);
}

/** `0.031`, `<0.001`, and `-` where the estimator has none. */
export function pText({ p }: ComparedRow): string {
  return p === undefined ? '-' : p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** With one digit, or with two where one would hide what there is. */
function signedNumber(value: number): string {
  const size = Math.abs(value);
  const text = size.toFixed(size >= 99.95 ? 0 : size < 0.95 ? 2 : 1);
  return `${value < 0 && Number(text) !== 0 ? '-' : '+'}${text}`;
}

/** What the comparison comes to, in one sentence about the whole boot. */
export function conclusion(document: ComparisonDocument): string {
  const row = totalRow(document);
  if (row === undefined) {
    return 'A and B have no point in common that both have figures of, so nothing can be said of the whole boot.';
  }
  const range = `95 % interval ${intervalText(row)}`;
  switch (row.verdict) {
    case 'slower':
    case 'faster':
      return `B is ${row.verdict} than A to ${row.name}: ${signedDuration(row.shift)}${share(row)} (${range})${mostOfIt(document, row)}.`;
    case 'no difference':
      return `A and B do not differ by more than ${thresholdText(document)} to ${row.name} (${range}).`;
    case 'inconclusive':
      return row.enough
        ? `These boots do not settle whether B differs from A by more than ${thresholdText(document)} to ${row.name} (${range}); more boots narrow the interval.`
        : `${row.a.n} and ${row.b.n} boots are too few to say whether B differs from A: there is an interval from 4 of each on, and a narrow one from 20 on.`;
  }
}

function share({ percent }: ComparedRow): string {
  return percent === undefined ? '' : `, ${signedPercent(percent.shift)}`;
}

/** The phase that more than half of the shift is in; of nested ones the outer. */
function mostOfIt({ rows }: ComparisonDocument, total: ComparedRow): string {
  const phases = rows.filter((row) => row.kind === 'phase' && row.in === undefined && row.verdict === total.verdict);
  const most = phases.find(({ shift }) => shift / total.shift > 0.5);
  return most === undefined ? '' : `, most of it in ${most.name} (${signedDuration(most.shift)})`;
}

/** `1 %`, `500 us`. */
export function thresholdText({ threshold }: Pick<ComparisonDocument, 'threshold'>): string {
  return threshold.unit === '%' ? `${threshold.value} %` : readableDuration(threshold.value);
}

/** What of A and B is not the same, one line each; says so where nothing differs. */
export function differenceLines({ changed, differences, interleaved }: ComparisonDocument): string[] {
  const lines = [
    ...(changed.length === 0 ? [] : [`not the same bytes in A and B: ${changed.join(', ')}`]),
    ...differences.map(({ field, a, b }) => `${field}: ${a} in A, ${b} in B`),
  ];
  if (lines.length === 0) {
    return ['A and B ran the same bytes on the same machine'];
  }
  return differences.length === 0 || interleaved
    ? lines
    : [...lines, 'compared all the same: the shifts may come from these conditions, and not from what was changed'];
}

/** How the figures came about, one line each. */
export function methodLines({ methods, interleaved, rows }: ComparisonDocument): string[] {
  const how = methods.a === methods.b ? `method ${methods.a}` : `method ${methods.a} in A, ${methods.b} in B`;
  const order = interleaved
    ? 'the boots of A and B were interleaved'
    : 'A and B were measured one after the other: what the machine drifted in between is in the shifts';
  const medians = rows.flatMap(({ estimator, name }) => (estimator === 'medians' ? [name] : []));
  return [
    `${how}; ${order}`,
    'shift: Hodges-Lehmann, p: Mann-Whitney, intervals of 95 %',
    ...(medians.length === 0
      ? []
      : [`without p (${medians.join(', ')}): differences of medians, with bootstrap intervals`]),
  ];
}

/** What stands against the figures of one side or of both, one line each. Failed boots are told where the boots are. */
export function warningLines({ a, b }: ComparisonDocument): string[] {
  const [ours, theirs] = [warningsOf(a), warningsOf(b)];
  return [
    ...ours.filter((text) => theirs.includes(text)).map((text) => `A and B: ${text}`),
    ...ours.filter((text) => !theirs.includes(text)).map((text) => `A: ${text}`),
    ...theirs.filter((text) => !ours.includes(text)).map((text) => `B: ${text}`),
  ];
}

function warningsOf({ warnings }: ComparedSide): string[] {
  return warnings.filter(({ kind }) => kind !== 'failed-boots').map((warning) => warningText(warning).text);
}

/** A gate and how it came out: `passed: tKernel > +3%`. */
export function gateText({ text, outcome }: JudgedGate): string {
  return `${outcome}: ${text}`;
}

/** Phases and points that cannot be compared, because only one of the two has them. */
export function unmatchedLines({ unmatched: { a, b } }: ComparisonDocument): string[] {
  return [
    ...(a.length === 0 ? [] : [`only in A: ${a.join(', ')}`]),
    ...(b.length === 0 ? [] : [`only in B: ${b.join(', ')}`]),
  ];
}

/** How many boots a side has: `20 boots, 1 of them failed`. */
export function bootsText({ counted, failed }: ComparedSide['boots']): string {
  return `${counted} boots${failed === 0 ? '' : `, ${failed} of them failed`}`;
}
