import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { nearest } from '../../core/nearest.js';
import { failed, type Result } from '../../core/result.js';
import type { CellCounts, SweepFailure, SweepFigures } from '../../report/sweep/report.js';
import {
  attempt,
  namesIfReadable,
  readJsonIfThere,
  remove,
  uniqueSuffix,
  writeFileAtomically,
} from '../../system/files.js';
import type { SweepPlan } from './document.js';

/** What came of a build. */
export interface BuildOutcome {
  readonly status: 'done' | 'failed';
  readonly attempt: number;
  readonly failure?: SweepFailure;
}

/** What came of a cell. */
export interface CellOutcome {
  readonly status: 'measured' | 'failed';
  readonly attempt: number;
  /** The job that it was booted in. */
  readonly job: string;
  readonly host: string;
  /** The name of that host, where it was another one than that of the sweep. */
  readonly node?: string;
  /** ISO 8601. */
  readonly at: string;
  readonly figures?: SweepFigures;
  readonly failure?: SweepFailure;
  /** True: it did not come as far as to be booted with the others. */
  readonly isUnbooted?: true;
}

/**
 * What is known of a sweep, `sweeps/<id>/` of the workspace: the plan, what came of each build and cell, and the report.
 * Each outcome is a file that is there as a whole or not at all, so that any number of jobs on any number of hosts write
 * side by side, and a sweep whose front end is killed is gone on with.
 */
export class SweepFolder {
  private constructor(
    readonly id: string,
    /** Absolute. */
    readonly path: string,
  ) {}

  /** Makes the folder of a new sweep and points `latest` at it. */
  static make(workspace: string, plan: SweepPlan): Result<SweepFolder, Failure> {
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const id = `${time}-${plan.name}-${randomBytes(2).toString('hex')}`;
    const sweeps = join(workspace, 'sweeps');
    const folder = new SweepFolder(id, join(sweeps, id));
    return attempt(folder.path, () => {
      mkdirSync(join(folder.path, 'outcomes'), { recursive: true });
      mkdirSync(join(folder.path, 'cells'));
      writeFileAtomically(join(folder.path, 'plan.json'), `${JSON.stringify(plan)}\n`);
      const link = join(sweeps, `.latest.${uniqueSuffix()}`);
      symlinkSync(id, link);
      renameSync(link, join(sweeps, 'latest'));
      return folder;
    });
  }

  /** All that are in a workspace, the newest first. */
  static all(workspace: string): SweepFolder[] {
    const sweeps = join(workspace, 'sweeps');
    return namesIfReadable(sweeps)
      .filter((name) => /^\d{8}T\d{6}Z-/.test(name) && existsSync(join(sweeps, name, 'plan.json')))
      .sort()
      .reverse()
      .map((id) => new SweepFolder(id, join(sweeps, id)));
  }

  /** The place of a sweep's jobs in the workspace of a host, made where it is missing. No plan lies there. */
  static onHost(workspace: string, id: string): Result<SweepFolder, Failure> {
    const folder = new SweepFolder(id, join(workspace, 'sweeps', id));
    return attempt(folder.path, () => {
      mkdirSync(join(folder.path, 'outcomes'), { recursive: true });
      return folder;
    });
  }

  /** Opens a sweep by its id, or the newest by `latest`. Fails with `usage` where there is none of that name. */
  static open(workspace: string, id: string): Result<SweepFolder, Failure> {
    const sweeps = join(workspace, 'sweeps');
    const known = namesIfReadable(sweeps).filter((name) => !name.startsWith('.'));
    if (!known.includes(id) || !existsSync(join(sweeps, id, 'plan.json'))) {
      const near = nearest(id, known);
      return failed({
        reason: 'usage',
        message: `there is no sweep "${id}" in ${sweeps}`,
        hint: near === undefined ? '"bootlap sweep FILE" begins one' : `did you mean "${near}"?`,
      });
    }
    // By its own name, not by the link's.
    return attempt(sweeps, () => {
      const path = realpathSync(join(sweeps, id));
      return new SweepFolder(basename(path), path);
    });
  }

  plan(): Result<SweepPlan, Failure> {
    const path = join(this.path, 'plan.json');
    return attempt(path, () => JSON.parse(readFileSync(path, 'utf8')) as SweepPlan);
  }

  /** Cell number -> its newest outcome. */
  cells(): ReadonlyMap<number, CellOutcome> {
    return new Map(
      this.outcomes('cell-').map(([name, outcome]) => [Number(name.slice('cell-'.length)), outcome as CellOutcome]),
    );
  }

  /** The newest outcome of one cell. */
  cell(number: number): CellOutcome | undefined {
    return this.outcome(`cell-${number}.json`) as CellOutcome | undefined;
  }

  /** Id of a build -> its newest outcome. */
  builds(): ReadonlyMap<string, BuildOutcome> {
    return new Map(this.outcomes('build-').map(([name, outcome]) => [name, outcome as BuildOutcome]));
  }

  /** What came of a cell. Throws system errors. */
  keepCell(number: number, outcome: CellOutcome): void {
    this.keep(`cell-${number}`, outcome);
  }

  /** What came of a build. Throws system errors. */
  keepBuild(id: string, outcome: BuildOutcome): void {
    this.keep(id, outcome);
  }

  /** Where the samples and the summary of a cell go. Throws system errors. */
  cellFolder(number: number): string {
    const folder = join(this.path, 'cells', String(number));
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Removes samples and summaries of cells, which somebody else has now. Throws system errors. */
  dropFigures(cells: readonly number[]): void {
    cells.forEach((number) => remove(join(this.path, 'cells', String(number))));
  }

  /** Notes that a job has begun; gives whether it had before. Throws system errors. */
  begin(job: string): boolean {
    const path = join(this.path, 'outcomes', `begun-${job}`);
    const had = existsSync(path);
    writeFileAtomically(path, '');
    return had;
  }

  /** Notes that nothing is left to do: from then on `cache gc` may remove it in its turn. Throws system errors. */
  end(counts: CellCounts): void {
    writeFileAtomically(join(this.path, 'over'), `${JSON.stringify(counts)}\n`);
  }

  /** How many cells are in which state, of one that is over. */
  over(): CellCounts | undefined {
    return readJsonIfThere(join(this.path, 'over')) as unknown as CellCounts | undefined;
  }

  /** When it was begun, and when an outcome last came. Milliseconds since 1970. Throws system errors. */
  times(): { readonly begun: number; readonly lastNews: number } {
    const [plan, outcomes] = ['plan.json', 'outcomes'].map((name) => statSync(join(this.path, name)).mtimeMs);
    return { begun: plan ?? 0, lastNews: outcomes ?? 0 };
  }

  get isCancelled(): boolean {
    return existsSync(join(this.path, 'cancelled'));
  }

  /** Makes whoever works at it stop. Throws system errors. */
  cancel(): void {
    writeFileAtomically(join(this.path, 'cancelled'), `${new Date().toISOString()}\n`);
  }

  private keep(name: string, outcome: CellOutcome | BuildOutcome): void {
    writeFileAtomically(join(this.path, 'outcomes', `${name}.json`), `${JSON.stringify(outcome)}\n`);
  }

  private outcomes(prefix: string): [string, CellOutcome | BuildOutcome][] {
    const names = readdirSync(join(this.path, 'outcomes'));
    return names.flatMap((name) => {
      const isMeant = name.startsWith(prefix) && name.endsWith('.json');
      const outcome = isMeant ? this.outcome(name) : undefined;
      return outcome === undefined ? [] : [[name.slice(0, -'.json'.length), outcome]];
    });
  }

  /** Nothing, too, where it cannot be read, which is of a disk that failed: the cell is done again. */
  private outcome(file: string): CellOutcome | BuildOutcome | undefined {
    const outcome = attempt(file, () => readJsonIfThere(join(this.path, 'outcomes', file)));
    return outcome.ok ? (outcome.value as unknown as CellOutcome | BuildOutcome | undefined) : undefined;
  }
}
