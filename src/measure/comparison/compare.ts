import type { Interval } from '../statistics/bootstrap.js';
import { inNanoseconds, type Amount } from './amount.js';
import { phaseQuantity, pointQuantity, type Arm, type ArmPhase } from './arm.js';
import { centre, countOf, isSame, type Quantity } from './quantity.js';
import { shiftBetween } from './shift.js';
import { judgeShift, type ComparisonVerdict } from './verdict.js';

/** How two arms are held against each other. */
export interface ComparisonOptions {
  /** Differences up to this one are of no practical worth. */
  readonly threshold: Amount;
  /** Of the bootstrap. */
  readonly seed: number;
  /** Of the intervals; 0.95 where it is not given. */
  readonly confidence?: number;
}

/** One side's share in a row. */
export interface ArmFigure {
  /** Boots that it rests on; of a difference of two series the lesser number. */
  readonly n: number;
  /** Nanoseconds. */
  readonly median: number;
}

/** One phase or point of both arms. Durations in nanoseconds. */
export interface ComparedRow {
  readonly kind: 'phase' | 'point';
  readonly name: string;
  readonly label?: string;
  /** Of a phase: the one that it is a part of. */
  readonly in?: string;
  readonly a: ArmFigure;
  readonly b: ArmFigure;
  readonly estimator: 'hodges-lehmann' | 'medians';
  /** By how much B lies above A. */
  readonly shift: number;
  /** Of the shift; 95 %. */
  readonly interval: Interval;
  /** The same in percent of A's median; missing where that is not above 0. */
  readonly percent?: { readonly shift: number; readonly low: number; readonly high: number };
  /** Mann-Whitney, two-sided; missing where the estimator is `medians`. */
  readonly p?: number;
  /** False where there are too few boots for an interval of 95 %: then nothing is concluded. */
  readonly enough: boolean;
  readonly verdict: ComparisonVerdict;
}

/** What came of two arms. */
export interface Comparison {
  /** Of what both have: phases in A's order, then points. */
  readonly rows: readonly ComparedRow[];
  /** The last point that both have, which stands for the whole boot. Missing where they have none in common. */
  readonly total?: string;
  /** Phases and points that only one of them has a figure of. */
  readonly unmatched: { readonly a: readonly string[]; readonly b: readonly string[] };
}

/** Stands for the last point where a name is asked for: the whole boot. */
export const TOTAL = 'total';

/** Holds B against A. A phase counts as the same one where its name, its beginning and its end are the same. */
export function compareArms(a: Arm, b: Arm, options: ComparisonOptions): Comparison {
  const phases = a.phases.filter((phase) => b.phases.some((other) => isSamePhase(phase, other)));
  const points = a.points.filter(({ name }) => b.points.some((other) => other.name === name));
  const rows = [
    ...phases.map((phase) =>
      row({ kind: 'phase', ...phase }, [phaseQuantity(a, phase), phaseQuantity(b, phase)], options),
    ),
    ...points.map((point) =>
      row({ kind: 'point', ...point }, [pointQuantity(a, point.name), pointQuantity(b, point.name)], options),
    ),
  ].filter((found) => found !== undefined);
  const total = rows.filter(({ kind }) => kind === 'point').at(-1)?.name;
  return {
    rows,
    ...(total === undefined ? {} : { total }),
    unmatched: { a: missingIn(rows, a), b: missingIn(rows, b) },
  };
}

/** The row of a name, a phase's before a point's; {@link TOTAL} is the last point, unless something is named so. */
export function rowOf({ rows, total }: Comparison, name: string): ComparedRow | undefined {
  const named = rows.find((row) => row.name === name);
  return named ?? (name === TOTAL ? rows.find((row) => row.kind === 'point' && row.name === total) : undefined);
}

function isSamePhase(one: ArmPhase, other: ArmPhase): boolean {
  return one.name === other.name && one.from === other.from && one.to === other.to;
}

function missingIn(rows: readonly ComparedRow[], arm: Arm): string[] {
  const names = [...arm.phases, ...arm.points].map(({ name }) => name);
  return names.filter((name) => !rows.some((found) => found.name === name));
}

type Heading = Pick<ComparedRow, 'kind' | 'name' | 'label' | 'in'>;

function row(
  { kind, name, label, in: whole }: Heading,
  [a, b]: readonly [Quantity, Quantity],
  { threshold, ...how }: ComparisonOptions,
): ComparedRow | undefined {
  const [medianA, medianB] = [centre(a), centre(b)];
  const found = shiftBetween(a, b, how);
  if (medianA === undefined || medianB === undefined || found === undefined) {
    return undefined;
  }
  const bound = inNanoseconds(threshold, medianA) ?? 0;
  const verdict = found.enough ? judgeShift({ ...found, bound }) : 'inconclusive';
  return {
    kind,
    name,
    ...(label === undefined ? {} : { label }),
    ...(whole === undefined ? {} : { in: whole }),
    a: { n: countOf(a), median: medianA },
    b: { n: countOf(b), median: medianB },
    ...found,
    ...inPercent(found, medianA),
    // However wide the interval is: a series does not differ from itself.
    verdict: isSame(a, b) ? 'no difference' : verdict,
  };
}

function inPercent(
  { shift, interval: { low, high } }: Pick<ComparedRow, 'shift' | 'interval'>,
  base: number,
): Pick<ComparedRow, 'percent'> {
  const share = (value: number): number => (value / base) * 100;
  return base > 0 ? { percent: { shift: share(shift), low: share(low), high: share(high) } } : {};
}
