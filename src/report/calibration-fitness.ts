import { bootsToSee, differenceSeen, type CalibratedRow } from '../measure/calibration.js';
import type { Warning } from './warnings.js';

/** Whether a machine is fit for comparing, and how to compare on it. Differences are shares. */
export interface Fitness {
  readonly verdict: 'fit' | 'limited' | 'unfit';
  /** Differences above this one can be relied on; missing where `unfit`. */
  readonly above?: number;
  readonly because: readonly Shortcoming[];
  /** Missing where `unfit`. */
  readonly suggestion?: Suggestion;
}

/** Why a machine is not simply fit. */
export type Shortcoming =
  /** Too few boots came through. */
  | { readonly kind: 'too-few' }
  /** The two sides differ where there is no difference, by more than chance. */
  | { readonly kind: 'finds-itself'; readonly row: string; readonly chance: number }
  /** Not even so many boots see a small difference. */
  | { readonly kind: 'varies'; readonly boots: number; readonly difference: number }
  /** Something on this machine moves the figures; it is among the warnings. */
  | { readonly kind: 'warning'; readonly warning: Warning['kind'] };

/** How to compare on this machine. */
export interface Suggestion {
  /** `measure.boots` */
  readonly boots: number;
  /** For `--threshold`, and for `--fail-if` of the whole boot. */
  readonly threshold: number;
  /** For `--fail-if`: the total first, then the phases that it makes sense for. */
  readonly gates: readonly { readonly target: string; readonly difference: number }[];
}

/** More boots a side than this are no everyday matter. */
const MANY_BOOTS = 200;
/** A machine that sees this is fit. */
const FINE = 0.01;
/** One that sees nothing smaller with many boots is not. */
const COARSE = 0.1;
/** A gate on a phase is of use up to here. */
const COARSEST_GATE = 0.2;
/** Of all rows together, how likely it is to be taken for a machine that finds differences where there are none. */
const CHANCE = 0.01;

/** Judges a machine by an A/A run on it, and by what a run would warn of. */
export function judgeFitness(rows: readonly CalibratedRow[], warnings: readonly Warning[]): Fitness {
  const total = rows.find(({ kind }) => kind === 'total');
  if (total === undefined) {
    return { verdict: 'unfit', because: [{ kind: 'too-few' }] };
  }
  const apart = rows
    .filter(({ chance }) => chance < CHANCE / rows.length)
    .map(
      ({ name, kind, chance }) => ({ kind: 'finds-itself', row: kind === 'total' ? 'total' : name, chance }) as const,
    );
  const finest = differenceSeen(total, MANY_BOOTS);
  if (apart.some(({ row }) => row === 'total') || !(finest <= COARSE)) {
    const varies = finest <= COARSE ? [] : [{ kind: 'varies', boots: MANY_BOOTS, difference: finest } as const];
    return { verdict: 'unfit', because: [...apart, ...varies] };
  }
  const suggestion = suggest(rows, total);
  const because: Shortcoming[] = [
    ...(suggestion.threshold > FINE ? [{ kind: 'varies', boots: MANY_BOOTS, difference: finest } as const] : []),
    ...apart,
    ...warnings.flatMap(({ kind }) => (DISTURBING.has(kind) ? [{ kind: 'warning', warning: kind } as const] : [])),
  ];
  return { verdict: because.length === 0 ? 'fit' : 'limited', above: suggestion.threshold, because, suggestion };
}

/** What moves figures, and does not only make them wider or of another kind. */
const DISTURBING: ReadonlySet<Warning['kind']> = new Set([
  'failed-boots',
  'first-boots-slow',
  'drift',
  'two-modes',
  'outliers',
  'busy-host',
  'sibling-busy',
  'smt-unpinned',
  'stolen-time',
  'governor',
  'turbo',
] as const);

const FEWEST = 20;

function suggest(rows: readonly CalibratedRow[], total: CalibratedRow): Suggestion {
  const boots = Math.max(FEWEST, Math.min(MANY_BOOTS, Math.ceil(bootsToSee(total, FINE) / 10) * 10));
  const threshold = limitFor(total, boots);
  const phases = rows.filter(({ kind, in: whole, median }) => kind === 'phase' && whole === undefined && median > 0);
  const gates = phases.map((row) => ({ target: row.name, difference: limitFor(row, boots) }));
  return {
    boots,
    threshold,
    gates: [
      { target: 'total', difference: threshold },
      ...gates.filter(({ difference }) => difference <= COARSEST_GATE),
    ],
  };
}

/**
 * A limit that a boot which has not changed stays within in 95 of 100 comparisons, and that one which is slower by twice
 * as much is beyond as often: the smallest difference that is seen, rounded up to what one would write.
 */
function limitFor(row: CalibratedRow, boots: number): number {
  const seen = Math.max(FINE, differenceSeen(row, boots));
  return STEPS.find((step) => step >= seen - 1e-9) ?? Math.ceil(seen);
}

const STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100].map((percent) => percent / 100);
