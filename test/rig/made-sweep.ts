import { shiftsAgainst } from '../../src/report/cell-summary.js';
import {
  sweepReport,
  type SweepFailure,
  type SweepFigures,
  type SweepReport,
  type SweepRow,
} from '../../src/report/sweep/report.js';
import { sideOf, type Truth } from './measured.js';
import { guestRecipe } from './vm-step.js';

/** What of a made sweep differs. */
export interface MadeSweep {
  readonly cells: number;
  /** Of each cell; the first letters of what the matrix would call it. */
  readonly nameOf?: (number: number) => string;
  /** Numbers of cells that have failed. */
  readonly failed?: readonly number[];
}

const BOOTS = 12;
const UNLIKE = 12;
/** To work them out takes time. */
const known = new Map<number, SweepFigures>();

/** A report of a sweep whose cells take 5 ms more to user space each than the one before; every twelfth is alike. */
export function madeSweep({ cells, nameOf = usualName, failed = [] }: MadeSweep): SweepReport {
  const rows = Array.from({ length: cells }, (_, index): SweepRow => {
    const number = index + 1;
    const own = { number, name: nameOf(number), values: { 'machine.memory': 64 * number }, attempt: 1 };
    const place = { job: 'measure-1', host: 'a processor, 2 processors, Linux 6.1' };
    return failed.includes(number)
      ? { ...own, ...place, status: 'failed', attempt: 2, failure: failureOf(number) }
      : { ...own, ...place, status: 'measured', figures: figuresOf((index % UNLIKE) + 1) };
  });
  return sweepReport({
    ...{ id: '20260102T030405Z-memory-0123', name: 'memory', description: 'How the size of memory counts.' },
    ...{ file: '/home/me/memory.yaml', isCancelled: false, isOver: true, axes: ['machine.memory'], cells: rows },
  });
}

function usualName(number: number): string {
  return `memory=${64 * number}`;
}

function truthOf(number: number): Truth {
  return { boots: BOOTS, seed: number, milliseconds: { 'user-space': 1850 + 5 * (number - 1) } };
}

function figuresOf(number: number): SweepFigures {
  const figures = known.get(number) ?? measuredOf(number);
  known.set(number, figures);
  return figures;
}

function measuredOf(number: number): SweepFigures {
  const [held, side] = [sideOf(truthOf(1)), sideOf(truthOf(number))];
  const { machine, points, phases, boots, warnings } = side.summary;
  const heldSide = ({ samples }: typeof side): Parameters<typeof shiftsAgainst>[0] => ({
    recipe: guestRecipe(),
    method: 'trace',
    samples,
  });
  const against = shiftsAgainst(heldSide(held), heldSide(side), { comparisons: UNLIKE - 1, seed: 1 });
  const own = { machine, method: 'trace', points, phases, boots, warnings } as const;
  return number === 1 ? own : { ...own, against };
}

function failureOf(number: number): SweepFailure {
  return {
    step: 'probe',
    text: 'the kernel panicked: "VFS: Unable to mount root fs on unknown-block(0,0)"',
    log: `/home/me/workspace/runs/20260102T030405Z-sweep+${number}-0123/logs/probe.log`,
  };
}
