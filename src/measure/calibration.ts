import { phaseQuantity, pointQuantity, type Arm } from './comparison/arm.js';
import type { Comparison, ComparedRow } from './comparison/compare.js';
import { centre, countOf, type Quantity } from './comparison/quantity.js';
import { normalCdf, normalQuantile } from './statistics/normal.js';
import { bootsFor, cautious, differenceFor, spreadOf, spreadOfMedians } from './statistics/power.js';

/** Numbers of boots a side for which a calibration says what they see. */
export const SIDES = [10, 20, 50, 100, 200, 500] as const;
/** Differences for which it says how many boots they take, as shares. */
export const DIFFERENCES = [0.01, 0.02, 0.05] as const;

/** What an A/A run shows of the whole boot or of a phase. Durations in nanoseconds. */
export interface CalibratedRow extends Pick<
  ComparedRow,
  'name' | 'label' | 'in' | 'shift' | 'interval' | 'percent' | 'p'
> {
  readonly kind: 'total' | 'phase';
  /** Boots of both sides together. */
  readonly n: number;
  /** Of both sides together. */
  readonly median: number;
  /** What the standard deviation is to a mean, this is to a shift; nanoseconds. */
  readonly spread: number;
  /** The noise floor: the spread as a share of the median. Missing, as all shares are, where the median is not above 0. */
  readonly noise?: number;
  /** Half the width of the interval of the shift, as a share of the median. */
  readonly halfWidth?: number;
  /** Whether the interval of the shift holds 0, as it has to; by chance 1 in 20 does not. */
  readonly holdsZero: boolean;
  /** How likely such a shift is by chance. */
  readonly chance: number;
  /** The smallest difference, as a share, that 95 of 100 comparisons with so many boots a side find. */
  readonly sees: readonly { readonly boots: number; readonly difference: number }[];
  /** How many boots a side find so great a difference in 95 of 100 comparisons. */
  readonly needs: readonly { readonly difference: number; readonly boots: number }[];
}

/** With fewer boots, both sides together, the spread is not known well enough. */
export const FEWEST_BOOTS = 20;

/**
 * What the rows of an A/A comparison say of the machine: the total first, then the phases.
 * @param both the boots of both sides as those of one
 */
export function calibratedRows(comparison: Comparison, both: Arm, seed: number): CalibratedRow[] {
  const { rows, total } = comparison;
  const whole = rows.filter(({ kind, name }) => kind === 'point' && name === total);
  const phases = rows.filter(({ kind }) => kind === 'phase');
  return [
    ...whole.map((row) => calibratedRow('total', row, { quantity: pointQuantity(both, row.name), seed })),
    ...phases.map((row) => {
      const phase = both.phases.find(({ name }) => name === row.name);
      return phase && calibratedRow('phase', row, { quantity: phaseQuantity(both, phase), seed });
    }),
  ].filter((row) => row !== undefined);
}

function calibratedRow(
  kind: CalibratedRow['kind'],
  found: ComparedRow,
  { quantity, seed }: { readonly quantity: Quantity; readonly seed: number },
): CalibratedRow | undefined {
  const median = centre(quantity);
  const n = countOf(quantity);
  if (median === undefined || n < FEWEST_BOOTS) {
    return undefined;
  }
  const { name, label, in: whole, shift, interval, percent, p } = found;
  const spread = spreadOfQuantity(quantity, seed);
  return {
    kind,
    name,
    ...(label === undefined ? {} : { label }),
    ...(whole === undefined ? {} : { in: whole }),
    n,
    median,
    spread: Math.round(spread),
    shift,
    interval,
    ...(percent === undefined ? {} : { percent }),
    ...(p === undefined ? {} : { p }),
    holdsZero: interval.low <= 0 && interval.high >= 0,
    chance: chanceOf(found),
    ...shares({ median, spread: cautious(spread, n), noise: spread, width: interval.high - interval.low }),
  };
}

function spreadOfQuantity(quantity: Quantity, seed: number): number {
  return quantity.of === 'boots'
    ? spreadOf(quantity.series)
    : spreadOfMedians({ added: [quantity.later], taken: [quantity.earlier] }, seed);
}

interface Sizes {
  readonly median: number;
  /** With a reserve for what few boots tell of it. */
  readonly spread: number;
  readonly noise: number;
  readonly width: number;
}

function shares({
  median,
  spread,
  noise,
  width,
}: Sizes): Pick<CalibratedRow, 'noise' | 'halfWidth' | 'sees' | 'needs'> {
  if (median <= 0) {
    return { sees: [], needs: [] };
  }
  return {
    noise: noise / median,
    halfWidth: width / 2 / median,
    sees: SIDES.map((boots) => ({ boots, difference: differenceFor(spread, boots) / median })),
    needs: DIFFERENCES.map((difference) => ({ difference, boots: bootsFor(spread, difference * median) })),
  };
}

/** The p of the test that goes with the interval; where ranks cannot be compared, by the width of the interval. */
function chanceOf({ shift, interval, p }: ComparedRow): number {
  const error = (interval.high - interval.low) / (2 * normalQuantile(0.975));
  return p ?? (error > 0 ? 2 * normalCdf(-Math.abs(shift) / error) : 1);
}

/** The smallest difference that so many boots a side see, as a share. */
export function differenceSeen(
  { spread, n, median }: Pick<CalibratedRow, 'spread' | 'n' | 'median'>,
  boots: number,
): number {
  return differenceFor(cautious(spread, n), boots) / median;
}

/** How many boots a side so great a difference takes, a share. */
export function bootsToSee(
  { spread, n, median }: Pick<CalibratedRow, 'spread' | 'n' | 'median'>,
  difference: number,
): number {
  return bootsFor(cautious(spread, n), difference * median);
}
