import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import type { SweepFailure } from '../../report/sweep/report.js';
import { attempt, readJsonIfThere, remove, writeFileAtomically } from '../../system/files.js';
import type { HandedJob, HandedPlace, SweepJob } from './document.js';
import type { BuildOutcome, CellOutcome, SweepFolder } from './state.js';

/**
 * `arrived/<handover>-<index>/parcel.json`: what came of a job that was carried out elsewhere. Beside it lie, for each cell
 * that was measured, `<cell>.<file>`, and for each that failed `<cell>.log`, or `build.log`.
 */
export interface Parcel {
  readonly schemaVersion: 1;
  readonly job: string;
  readonly attempt: number;
  readonly build?: BuildOutcome;
  /** By number of the cell. */
  readonly cells: Readonly<Record<string, CellOutcome>>;
}

/** What lies in the folder of a cell. */
export const CELL_FILES = ['samples.ndjson', 'measurement.json', 'summary.json'] as const;
const PARCEL = 'parcel.json';
/** The end of a log says what went wrong. Bytes. */
const MOST_LOG = 4 * 1024 * 1024;

function placeOf(sweepFolder: string, { number, index }: HandedPlace): string {
  return join(sweepFolder, 'arrived', `${number}-${index}`);
}

/** Whether a job has left its outcome. */
export function hasArrived(sweepFolder: string, place: HandedPlace): boolean {
  return existsSync(join(placeOf(sweepFolder, place), PARCEL));
}

/** Whether a job was given up as lost: what it leaves after that does not count. */
export function isGivenUp(sweepFolder: string, place: HandedPlace): boolean {
  return existsSync(`${placeOf(sweepFolder, place)}.given-up`);
}

/** Gives a job up. Throws system errors. */
export function giveUp(sweepFolder: string, place: HandedPlace, why: string): void {
  writeFileAtomically(`${placeOf(sweepFolder, place)}.given-up`, why);
}

/** Puts what came of a job, as it lies on this host, into a folder. False where it has not come to its end. */
export function packParcel(job: SweepJob, here: SweepFolder, into: string): Result<boolean, Failure> {
  return attempt(into, () => {
    const build = job.kind === 'build' ? here.builds().get(job.id) : undefined;
    const cells = job.kind === 'build' ? [] : outcomesOf(job.cells, here);
    const isWhole = job.kind === 'build' ? build !== undefined : cells.length === job.cells.length;
    if (!isWhole || [build, ...cells.map(([, cell]) => cell)].some((each) => each && each.attempt !== job.attempt)) {
      return false;
    }
    mkdirSync(into, { recursive: true });
    const packed = cells.map(([number, cell]) => [number, packCell(number, cell, { here, into })] as const);
    const parcel: Parcel = {
      schemaVersion: 1,
      job: job.id,
      attempt: job.attempt,
      ...(build === undefined ? {} : { build: withLog(build, join(into, 'build.log')) }),
      cells: Object.fromEntries(packed),
    };
    writeFileAtomically(join(into, PARCEL), `${JSON.stringify(parcel)}\n`);
    return true;
  });
}

function outcomesOf(numbers: readonly number[], here: SweepFolder): [number, CellOutcome][] {
  const known = here.cells();
  return numbers.flatMap((number) => {
    const outcome = known.get(number);
    return outcome === undefined ? [] : [[number, outcome]];
  });
}

function packCell(
  number: number,
  cell: CellOutcome,
  { here, into }: { readonly here: SweepFolder; readonly into: string },
): CellOutcome {
  if (cell.status === 'measured') {
    CELL_FILES.forEach((name) => copyFileSync(join(here.cellFolder(number), name), join(into, `${number}.${name}`)));
  }
  return withLog(cell, join(into, `${number}.log`));
}

/** Takes the log along; its path on this host says nothing elsewhere. */
function withLog<T extends { readonly failure?: SweepFailure }>(outcome: T, to: string): T {
  const { failure } = outcome;
  if (failure?.log !== undefined && existsSync(failure.log)) {
    const tail = tailOf(failure.log);
    writeFileAtomically(to, tail);
  }
  return failure === undefined ? outcome : { ...outcome, failure: withoutLog(failure) };
}

function withoutLog({ log: _log, ...failure }: SweepFailure): SweepFailure {
  return failure;
}

function tailOf(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const size = statSync(path).size;
    const tail = Buffer.alloc(Math.min(size, MOST_LOG));
    const length = readSync(descriptor, tail, 0, tail.length, size - tail.length);
    return tail.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** Where something can be put together that becomes a parcel of the sweep's folder by one rename. */
export function stagedParcel(sweepFolder: string): string {
  return join(sweepFolder, 'arrived', `.${randomUUID()}`);
}

/** Leaves a parcel that was put together in {@link stagedParcel}. One that is there already stays. */
export function leaveParcel(staged: string, sweepFolder: string, place: HandedPlace): Result<void, Failure> {
  return attempt(staged, () => {
    if (!hasArrived(sweepFolder, place)) {
      renameSync(staged, placeOf(sweepFolder, place));
    }
    remove(staged);
  });
}

/**
 * Takes in what came of a job, where it has arrived and was not taken in before: figures and logs go where those of a cell
 * that was measured here lie. Fails as the file system does.
 */
export function takeIn({ job, ...place }: HandedJob, folder: SweepFolder): Result<void, Failure> {
  const from = placeOf(folder.path, place);
  const mark = join(from, 'taken');
  const read = attempt(from, () =>
    existsSync(mark) ? undefined : (readJsonIfThere(join(from, PARCEL)) as Partial<Parcel> | undefined),
  );
  if (!read.ok || read.value === undefined) {
    return read.ok ? success(undefined) : read;
  }
  const parcel = read.value;
  if (parcel.schemaVersion !== 1 || parcel.job !== job.id || parcel.attempt !== job.attempt) {
    const detail = `it is not of ${job.id}`;
    return failed({ reason: 'file-trouble', path: join(from, PARCEL), code: 'EINVAL', detail });
  }
  return attempt(from, () => {
    if (job.kind === 'build' && parcel.build !== undefined) {
      const log = join(folder.path, 'logs', `${job.id}-${job.attempt}.log`);
      folder.keepBuild(job.id, takenLog(parcel.build, join(from, 'build.log'), log));
    }
    for (const number of job.kind === 'measure' ? job.cells : []) {
      const cell = parcel.cells?.[number];
      if (cell !== undefined) {
        takeCell(number, cell, { from, folder });
      }
    }
    writeFileAtomically(mark, '');
  });
}

function takeCell(
  number: number,
  cell: CellOutcome,
  { from, folder }: { readonly from: string; readonly folder: SweepFolder },
): void {
  const own = folder.cellFolder(number);
  CELL_FILES.forEach((name) => moveIfThere(join(from, `${number}.${name}`), join(own, name)));
  const log = join(own, `failed-${cell.attempt}.log`);
  folder.keepCell(number, takenLog(cell, join(from, `${number}.log`), log));
}

function takenLog<T extends { readonly failure?: SweepFailure }>(outcome: T, from: string, to: string): T {
  const { failure } = outcome;
  if (failure === undefined) {
    return outcome;
  }
  mkdirSync(dirname(to), { recursive: true });
  moveIfThere(from, to);
  return { ...outcome, failure: { ...withoutLog(failure), ...(existsSync(to) ? { log: to } : {}) } };
}

/** Who was killed in the middle of it has moved some. */
function moveIfThere(from: string, to: string): void {
  if (existsSync(from)) {
    renameSync(from, to);
  }
}
