import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { EXIT_STATUS, type ExitStatus } from '../../core/exit-status.js';
import type { Result } from '../../core/result.js';
import { sweepCsv } from '../../report/sweep/csv.js';
import { sweepMarkdown } from '../../report/sweep/markdown.js';
import { countCells, sweepReport, type SweepReport, type SweepRow } from '../../report/sweep/report.js';
import { sweepLines } from '../../report/sweep/table.js';
import { attemptAsync, writeFileAtomically } from '../../system/files.js';
import type { Session } from '../session.js';
import { widthOf } from '../width.js';
import type { PlannedCell, SweepPlan } from './document.js';
import type { SweepFolder } from './state.js';
import { nextWave, type Progress } from './waves.js';

/** What a sweep has come to so far. */
export function reportOf(folder: SweepFolder, plan: SweepPlan): SweepReport {
  const progress = { builds: folder.builds(), cells: folder.cells() };
  const { name, description, file, axes } = plan;
  const cells = plan.cells.map((cell) => rowOf(cell, progress));
  const state = { isCancelled: folder.isCancelled, isOver: nextWave(plan, progress).length === 0 };
  return sweepReport({ id: folder.id, name, description, file, axes, ...state, cells });
}

function rowOf(cell: PlannedCell, progress: Progress): SweepRow {
  const { number, name, values, sameAs } = cell;
  const own = { number, name, values, ...(sameAs === undefined ? {} : { sameAs }) };
  const { builds, cells } = progress;
  const broken = cell.needs.map((id) => builds.get(id)).find((build) => build?.status === 'failed');
  if (broken !== undefined) {
    const { attempt, failure } = broken;
    return { ...own, status: 'failed', attempt, ...(failure === undefined ? {} : { failure }) };
  }
  const outcome = cells.get(sameAs ?? number);
  if (outcome === undefined) {
    return { ...own, status: 'waiting' };
  }
  const { status, attempt, job, host, node, figures, failure } = outcome;
  const found = { ...(figures === undefined ? {} : { figures }), ...(failure === undefined ? {} : { failure }) };
  return { ...own, status, attempt, job, host, ...(node === undefined ? {} : { node }), ...found };
}

/** Writes `sweep.json`, `sweep.csv`, `sweep.md` and `sweep.html` into the sweep's folder, and whether it is over. */
export function writeReport(report: SweepReport, folder: SweepFolder): Promise<Result<void, Failure>> {
  const write = (name: string, text: string): void => writeFileAtomically(join(folder.path, name), text);
  return attemptAsync(folder.path, async () => {
    write('sweep.json', `${JSON.stringify(report, undefined, 2)}\n`);
    write('sweep.csv', sweepCsv(report));
    write('sweep.md', sweepMarkdown(report));
    // Loaded only when there is something to draw.
    const { sweepPage } = await import('../../report/html/sweep-page.js');
    write('sweep.html', await sweepPage(report));
    if (report.isOver) {
      folder.end(countCells(report));
    }
  });
}

/** Prints a sweep; gives the exit status: 1 where a cell failed, 130 where there is something left to do. */
export function showReport(session: Session, report: SweepReport, shown: Shown): ExitStatus {
  const { folder, json } = shown;
  const { output } = session;
  if (json) {
    output.write(`${JSON.stringify({ event: 'sweep', folder: folder.path, ...report })}\n`);
  } else {
    const lines = sweepLines(report, { width: widthOf(output), paint: output.paint });
    const written = shown.isUnderWay === true ? [] : [`report: ${join(folder.path, 'sweep.html')}`];
    const more = [...written, ...goOnLines(report, shown).map((line) => output.paint.dim(line))];
    output.write(`\n${[...lines, '', ...more].join('\n')}\n`);
  }
  return statusOf(report);
}

function statusOf({ cells, isOver }: SweepReport): ExitStatus {
  if (!isOver) {
    return EXIT_STATUS.interrupted;
  }
  return cells.some(({ status }) => status === 'failed') ? EXIT_STATUS.stepFailed : EXIT_STATUS.done;
}

interface Shown {
  readonly folder: SweepFolder;
  readonly json: boolean;
  /** True: it may be at work elsewhere, and its report is not written yet. */
  readonly isUnderWay?: boolean;
}

function goOnLines({ id, isOver, isCancelled }: SweepReport, { isUnderWay = false }: Shown): string[] {
  const lead = isUnderWay ? 'if nobody is at work at it, ' : '';
  return !isOver && !isCancelled ? [`${lead}"bootlap sweep --attach ${id}" goes on with it`] : [];
}

/** How many lines of a plan a terminal shows. */
const MOST_LINES = 40;

/** What a sweep would do, for `--dry-run`. */
export function planLines({ name, cells, builds, together, retries }: SweepPlan): string[] {
  const own = cells.filter(({ sameAs }) => sameAs === undefined);
  const shown = cells.slice(0, MOST_LINES).map(({ number, name: cell, sameAs }) => {
    return `  ${number}  ${cell}${sameAs === undefined ? '' : `  (the same as ${sameAs})`}`;
  });
  const jobs = Math.ceil(Math.max(0, own.length - 1) / (together - 1));
  const same = cells.length - own.length;
  return [
    `${name}: ${cellsText(cells.length)}${same === 0 ? '' : `, ${same} of which come to the same as another`}`,
    ...shown,
    ...(cells.length > MOST_LINES ? [`  ... and ${cells.length - MOST_LINES} more`] : []),
    `${builds.length} ${builds.length === 1 ? 'build' : 'builds'}, before anything is booted`,
    ...builds.slice(0, MOST_LINES).map(({ id, cells: users }) => `  ${id}, for ${cellsText(users.length)}`),
    `${Math.max(1, jobs)} ${jobs > 1 ? 'sessions' : 'session'} of up to ${together} cells in turn, the base among them`,
    `what fails is tried ${retries === 1 ? 'once' : `${retries} times`} more`,
  ];
}

function cellsText(count: number): string {
  return `${count} ${count === 1 ? 'cell' : 'cells'}`;
}
