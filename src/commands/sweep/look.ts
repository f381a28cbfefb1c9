import { EXIT_STATUS, type ExitStatus } from '../../core/exit-status.js';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import { alignColumns, type Column } from '../../report/columns.js';
import { countCells, type CellCounts, type SweepReport } from '../../report/sweep/report.js';
import { attempt } from '../../system/files.js';
import { age } from '../../ui/quantities.js';
import { fail } from '../report-failure.js';
import type { Session } from '../session.js';
import { widthOf } from '../width.js';
import { reportOf, showReport } from './show.js';
import { SweepFolder } from './state.js';

/** Where it is looked, and how it is told. */
export interface Look {
  /** Absolute. */
  readonly workspace: string;
  readonly json: boolean;
}

/** Tells what a sweep has come to so far. Writes nothing and takes no lock: it may be under way. */
export async function showStatus(session: Session, id: string, { workspace, json }: Look): Promise<ExitStatus> {
  const folder = SweepFolder.open(workspace, id);
  const found = folder.ok ? soFar(folder.value) : folder;
  if (!folder.ok || !found.ok) {
    return failAny(session, [folder, found]);
  }
  const { report, times } = found.value;
  if (!json) {
    const news = report.isOver ? '' : `, last news ${age(times.lastNews, Date.now())}`;
    session.output.write(`sweep ${report.id}: begun ${age(times.begun, Date.now())}${news}\n`);
  }
  return showReport(session, report, { folder: folder.value, json, isUnderWay: !report.isOver && !report.isCancelled });
}

type Times = ReturnType<SweepFolder['times']>;

function soFar(folder: SweepFolder): Result<{ readonly report: SweepReport; readonly times: Times }, Failure> {
  const plan = folder.plan();
  return plan.ok ? attempt(folder.path, () => ({ report: reportOf(folder, plan.value), times: folder.times() })) : plan;
}

async function failAny(session: Session, results: readonly Result<unknown, Failure>[]): Promise<ExitStatus> {
  const [failure] = results.flatMap((result) => (result.ok ? [] : [result.failure]));
  return failure === undefined ? EXIT_STATUS.done : fail(session, failure);
}

/** Lists the sweeps of a workspace, the newest first. */
export async function showList(session: Session, { workspace, json }: Look): Promise<ExitStatus> {
  const all: Listed[] = [];
  for (const folder of SweepFolder.all(workspace)) {
    const listed = listedOf(folder);
    if (!listed.ok) {
      return fail(session, listed.failure);
    }
    all.push(listed.value);
  }
  const lines = json ? all.map(jsonLine) : tableLines(all, widthOf(session.output));
  session.output.write(lines.map((line) => `${line}\n`).join(''));
  return EXIT_STATUS.done;
}

interface Listed {
  readonly id: string;
  readonly state: 'over' | 'cancelled' | 'open';
  readonly times: Times;
  readonly counts: CellCounts;
}

/** Of one that is over not all outcomes are read. */
function listedOf(folder: SweepFolder): Result<Listed, Failure> {
  const { id, path } = folder;
  const known = attempt(path, () => ({ times: folder.times(), counts: folder.over() }));
  if (!known.ok) {
    return known;
  }
  const { times, counts } = known.value;
  if (counts !== undefined) {
    return success({ id, state: 'over', times, counts });
  }
  const found = soFar(folder);
  return found.ok
    ? success({ id, state: stateOf(found.value.report), times, counts: countCells(found.value.report) })
    : found;
}

function stateOf({ isOver, isCancelled }: SweepReport): Listed['state'] {
  return isOver ? 'over' : isCancelled ? 'cancelled' : 'open';
}

function jsonLine({ id, state, times, counts }: Listed): string {
  const { begun, lastNews } = times;
  return JSON.stringify({ id, state, begun: iso(begun), lastNews: iso(lastNews), ...counts });
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const COLUMNS: readonly Column[] = [
  { title: 'sweep', align: 'left' },
  { title: 'measured', align: 'right' },
  { title: 'failed', align: 'right' },
  { title: 'waiting', align: 'right' },
  { title: 'state', align: 'left' },
  { title: 'last news', align: 'left' },
];

function tableLines(all: readonly Listed[], width: number): string[] {
  if (all.length === 0) {
    return ['no sweep has been begun here; "bootlap sweep FILE" begins one'];
  }
  const now = Date.now();
  const rows = all.map(({ id, state, times, counts: { measured, failed, waiting } }) => [
    id,
    ...[measured, failed, waiting].map(String),
    state,
    age(times.lastNews, now),
  ]);
  const lines = alignColumns(COLUMNS, rows);
  // Its name says when a sweep was begun, and an id that is cut is of no use.
  return lines.every((line) => line.length <= width) ? lines : alignColumns(COLUMNS.slice(0, -1), rows);
}
