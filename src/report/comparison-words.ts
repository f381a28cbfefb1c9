import { readableDuration } from '../measure/duration.js';
import { rowOf, type ComparedRow } from '../measure/comparison/compare.js';
import type { JudgedGate } from '../measure/comparison/gate.js';
import { totalRow, type ComparedSide, type ComparisonDocument } from './comparison.js';
import { intervalText, shiftText, signedDuration, signedPercent } from './shift-text.js';
import { warningText } from './warning-text.js';

export { intervalText, pText, shiftText, signedDuration } from './shift-text.js';

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
export function differenceLines({ changed, differences, allowed }: ComparisonDocument): string[] {
  const lines = [
    ...(changed.length === 0 ? [] : [`not the same bytes in A and B: ${changed.join(', ')}`]),
    ...differences.map(({ field, a, b }) => `${field}: ${a} in A, ${b} in B`),
  ];
  if (lines.length === 0) {
    return ['A and B ran the same bytes on the same machine'];
  }
  return allowed.length === 0 ? lines : [...lines, allowedText({ allowed, differences })];
}

/** What has to be known where conditions were allowed to differ; names them where they are not all that differ. */
export function allowedText({ allowed, differences }: Pick<ComparisonDocument, 'allowed' | 'differences'>): string {
  const which = allowed.length === differences.length ? 'these conditions' : allowed.join(', ');
  return `compared all the same: the shifts may come from ${which}, and not from what was changed`;
}

/** What came of a phase or a point, in words: `faster by 42.3 ms, -3.1 % (95 % interval -5.0 to -1.1 %)`. */
export function verdictText(row: ComparedRow, document: Pick<ComparisonDocument, 'threshold'>): string {
  const range = `95 % interval ${intervalText(row)}`;
  switch (row.verdict) {
    case 'slower':
    case 'faster':
      return `${row.verdict} by ${readableDuration(Math.abs(row.shift))}${share(row)} (${range})`;
    case 'no difference':
      return `no difference of more than ${thresholdText(document)} (${range})`;
    case 'inconclusive':
      return row.enough
        ? `inconclusive: ${shiftText(row)} (${range})`
        : `inconclusive: ${row.a.n} and ${row.b.n} boots are too few`;
  }
}

/** What a gate was held against: the shift of what it is about, with its interval. */
export function foundText({ target, limit }: JudgedGate, document: ComparisonDocument): string {
  const row = rowOf(document, target);
  if (row === undefined) {
    return 'one of the two has no figure of it';
  }
  if (!row.enough) {
    return `${row.a.n} and ${row.b.n} boots are too few for an interval`;
  }
  const { low, high } = row.interval;
  return limit.unit === '%'
    ? `${shiftText(row)} (95 % interval ${intervalText(row)})`
    : `${signedDuration(row.shift)} (95 % interval ${signedDuration(low)} to ${signedDuration(high)})`;
}

/** That nothing was booted for this comparison, because it had been before; `undefined` where it was. */
export function measuredBeforeText({ measuredBefore }: ComparisonDocument): string | undefined {
  return measuredBefore === undefined
    ? undefined
    : `measured before, ${measuredBefore.replace(/^(\S+)T(\d\d:\d\d:\d\d)[.\d]*Z$/, '$1 $2 UTC')}: nothing has changed since, so nothing was booted again`;
}

/** How the figures came about, one line each. */
export function methodLines(document: ComparisonDocument): string[] {
  const { methods, interleaved, rows } = document;
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
