import type { Interval } from '../../measure/statistics/bootstrap.js';
import type { Summary } from '../summary.js';

/** A phase where it lies in the boot. Nanoseconds from the start of the VM. */
export interface PhaseSpan {
  readonly name: string;
  /** 0 for a phase of the boot, 1 for a part of such a one, and so on. */
  readonly depth: number;
  /** Index among the phases of depth 0 of the one that it is, or is a part of. */
  readonly family: number;
  readonly begin: number;
  /** Missing where one of its points has no figure. */
  readonly duration?: number;
  readonly interval?: Interval;
}

type Phases = Pick<Summary, 'points' | 'phases'>;
type Phase = Summary['phases'][number];

/** Every phase, each followed by its parts. One whose whole is not there stands by itself. */
export function phaseSpans({ points, phases }: Phases): PhaseSpan[] {
  const medians = new Map(points.map(({ name, statistics }) => [name, statistics?.median]));
  const names = new Set(phases.map(({ name }) => name));
  const isWhole = ({ in: whole }: Phase): boolean => whole === undefined || !names.has(whole);
  const below = (phase: Phase, depth: number, family: number): PhaseSpan[] => [
    spanOf(phase, medians, { depth, family }),
    ...phases
      .filter((part) => part !== phase && part.in === phase.name && depth < phases.length)
      .flatMap((part) => below(part, depth + 1, family)),
  ];
  return phases.filter(isWhole).flatMap((phase, family) => below(phase, 0, family));
}

function spanOf(
  { name, from, median, interval }: Phase,
  medians: ReadonlyMap<string, number | undefined>,
  place: Pick<PhaseSpan, 'depth' | 'family'>,
): PhaseSpan {
  return {
    name,
    ...place,
    begin: (from === undefined ? 0 : medians.get(from)) ?? 0,
    ...(median === undefined ? {} : { duration: median }),
    ...(interval === undefined ? {} : { interval }),
  };
}
