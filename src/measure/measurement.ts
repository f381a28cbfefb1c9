import { truncateSync } from 'node:fs';
import type { BootsFailed } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, type FileFailure } from '../system/files.js';
import type { BootFailure } from './boot.js';
import type { PlannedBoot } from './boot-plan.js';
import { appendSample, recoverSamples, sampleOf, type Sample } from './samples.js';
import type { Stopped, StopRule } from './stop.js';
import { kindOf, Tally } from './tally.js';
import { judge, judgeTrace } from './verdict.js';
import type { Accelerator } from './vm.js';
import { bootRig, type VmRig } from './vm-rig.js';

/** A VM that is ready to be booted. */
export interface BootableVm {
  readonly rig: VmRig;
  readonly accelerator: Accelerator;
}

/** A measurement that has to be done, or gone on with. */
export interface MeasurementRequest {
  /** What a planned boot starts. */
  readonly vmOf: (planned: PlannedBoot) => BootableVm;
  readonly plan: readonly PlannedBoot[];
  /** `samples.ndjson`, which may hold the beginning of the same plan, or more than all of it. */
  readonly samplesFile: string;
  /** Share of failed boots (0 to 1) above which the figures are invalid; each kind of boot weighs the same, however many it gets. */
  readonly maxFailed: number;
  /**
   * True: cells stand for themselves. Where too many boots of one fail, the rest of its boots are left out and the others
   * go on; only where that is so of all of them has the measurement failed.
   */
  readonly apart?: boolean;
  /** Missing: the whole plan is booted. */
  readonly stop?: { readonly rule: StopRule; readonly lookAhead: number };
  /** Called before the first boot that has to be made: its session, from 1, and how many boots are there already. */
  onSession(session: number, found: number): void;
  /** Called in the order of the plan with each boot that was there already, and after each new one. */
  onSample(sample: Sample, origin: 'found' | 'booted'): void;
}

/** What came of a measurement. */
export interface Measured {
  /** Of the plan, as far as it was booted. */
  readonly samples: readonly Sample[];
  /** Those of them that were booted now, and not in an earlier session. */
  readonly made: readonly Sample[];
  /** Cell -> why it has no figures; missing where cells do not stand for themselves. */
  readonly givenUp?: ReadonlyMap<string, BootsFailed>;
  /** Why it was enough; missing where the plan alone says how many boots there are. */
  readonly stopped?: Stopped;
}

export type MeasurementFailure = BootFailure | BootsFailed | FileFailure;

/**
 * Boots what of the plan has not been booted yet and gives all samples. Each is in the file as soon as its boot has
 * ended: a kill loses at most the boot that was under way.
 * Fails with `boots-failed` when too many boots fail, or when a point has no sample at the end; it does not go on
 * booting once that is certain.
 */
export async function measureBoots(request: MeasurementRequest): Promise<Result<Measured, MeasurementFailure>> {
  const recovered = attempt(request.samplesFile, () => recover(request));
  if (!recovered.ok) {
    return recovered;
  }
  const found = recovered.value;
  const earlier = { boots: found.length, sessions: found.reduce((most, { session }) => Math.max(most, session), 0) };
  const { plan, stop } = request;
  const course = new Course(request);
  for (const planned of plan) {
    const stopped = course.isAtEndOfBlock(planned) ? stop?.rule.stopped() : undefined;
    if (stopped !== undefined) {
      return course.end(stopped);
    }
    if (course.isLeftOut(planned)) {
      continue;
    }
    const known = found[course.boots];
    const isNext = course.boots === earlier.boots;
    const sample = known === undefined ? await bootNext(request, planned, { ...earlier, isNext }) : success(known);
    const added = sample.ok ? course.add(sample.value, known === undefined ? 'booted' : 'found') : sample;
    if (!added.ok) {
      return added;
    }
  }
  return course.endOfPlan();
}

/** Makes a boot that is not there yet. */
async function bootNext(
  request: MeasurementRequest,
  planned: PlannedBoot,
  earlier: { readonly boots: number; readonly sessions: number; readonly isNext: boolean },
): Promise<Result<Sample, MeasurementFailure>> {
  const session = earlier.sessions + 1;
  if (earlier.isNext) {
    const noted = attempt(request.samplesFile, () => request.onSession(session, earlier.boots));
    if (!noted.ok) {
      return noted;
    }
  }
  return bootOnce(request, planned, session);
}

/** How a measurement goes. */
class Course {
  /** Of each cell where they stand for themselves; else one of all. */
  private readonly tallies: ReadonlyMap<string, Tally>;
  private readonly givenUp = new Map<string, BootsFailed>();
  private readonly samples: Sample[] = [];
  private readonly made: Sample[] = [];

  constructor(private readonly request: MeasurementRequest) {
    const { plan, maxFailed, stop } = request;
    const parts = new Map<string, PlannedBoot[]>();
    for (const planned of plan) {
      const own = parts.get(this.partOf(planned)) ?? [];
      parts.set(this.partOf(planned), own);
      own.push(planned);
    }
    const rest = { maxFailed, ...(stop === undefined ? {} : { lookAhead: stop.lookAhead }) };
    this.tallies = new Map([...parts].map(([part, own]) => [part, new Tally({ plan: own, ...rest })]));
  }

  /** How many there are, those of earlier sessions among them. */
  get boots(): number {
    return this.samples.length;
  }

  isLeftOut(planned: PlannedBoot): boolean {
    return this.givenUp.has(this.partOf(planned));
  }

  /** Fails where it ends the measurement. */
  add(sample: Sample, origin: 'found' | 'booted'): Result<void, BootsFailed> {
    this.samples.push(sample);
    if (origin === 'booted') {
      this.made.push(sample);
    }
    const { stop } = this.request;
    const part = this.partOf(sample);
    const tally = this.tallies.get(part);
    tally?.add(sample);
    stop?.rule.add(sample);
    this.request.onSample(sample, origin);
    const failure = tally?.hasTooManyFailed === true ? this.giveUp(part, tally) : undefined;
    return failure === undefined ? success(undefined) : failed(failure);
  }

  /** Whether that boot, or the end, comes after a whole block; only there, and when every kind of boot came through once, can it be enough. */
  isAtEndOfBlock(next: PlannedBoot | undefined): boolean {
    const last = this.samples.at(-1);
    return last?.warmup === false && next?.block !== last.block && this.going().every(([, tally]) => tally.isComplete);
  }

  /** There is no boot left. */
  endOfPlan(): Result<Measured, BootsFailed> {
    const rule = this.request.stop?.rule;
    return this.end((this.isAtEndOfBlock(undefined) ? rule?.stopped() : undefined) ?? rule?.ended());
  }

  end(stopped: Stopped | undefined): Result<Measured, BootsFailed> {
    for (const [part, tally] of this.going()) {
      tally.end();
      const failure = tally.hasTooManyFailed || !tally.isComplete ? this.giveUp(part, tally) : undefined;
      if (failure !== undefined) {
        return failed(failure);
      }
    }
    const { samples, made, givenUp } = this;
    const apart = this.request.apart === true ? { givenUp } : {};
    return success({ samples, made, ...apart, ...(stopped === undefined ? {} : { stopped }) });
  }

  private going(): [string, Tally][] {
    return [...this.tallies].filter(([part]) => !this.givenUp.has(part));
  }

  private giveUp(part: string, tally: Tally): BootsFailed | undefined {
    const failure = tally.failure();
    this.givenUp.set(part, failure);
    this.request.stop?.rule.leaveOut(part);
    return this.request.apart === true && this.givenUp.size < this.tallies.size ? undefined : failure;
  }

  private partOf({ cell = '' }: PlannedBoot): string {
    return this.request.apart === true ? cell : '';
  }
}

/** Samples of another plan are of no use: they would be of boots that this one does not have. */
function recover({ samplesFile, plan, apart = false }: MeasurementRequest): Sample[] {
  const samples = recoverSamples(samplesFile);
  // A longer series begins as this plan does.
  const fits = samples.slice(0, plan.length).every((sample, index) => {
    // Boots that were left out are in the plan and not in the file.
    const planned = plan[apart ? sample.boot : index];
    const isBeyond = apart && sample.boot >= plan.length;
    return isBeyond || (planned?.boot === sample.boot && isAlike(planned, sample));
  });
  if (!fits && samples.length > 0) {
    // Emptied, not removed: the run's folder shows the same file under another name.
    truncateSync(samplesFile);
  }
  return fits ? samples : [];
}

function isAlike(planned: PlannedBoot, sample: Sample): boolean {
  return planned.warmup === sample.warmup && kindOf(planned) === kindOf(sample);
}

async function bootOnce(
  { vmOf, samplesFile }: MeasurementRequest,
  planned: PlannedBoot,
  session: number,
): Promise<Result<Sample, MeasurementFailure>> {
  const { rig, accelerator } = vmOf(planned);
  const point = rig.points.find(({ name }) => name === planned.point);
  if (point === undefined) {
    throw new Error(`the plan has a point "${planned.point}" that the recipe does not have`);
  }
  const isTraced = planned.method === 'trace';
  const end = await bootRig(rig, { accelerator, exit: isTraced ? 'traced' : point });
  if (!end.ok) {
    return end;
  }
  const outcome = isTraced ? judgeTrace(end.value, rig.points) : judge(end.value, point);
  const facts = { outcome, session, at: new Date().toISOString(), points: rig.points };
  const sample = sampleOf(planned, end.value, facts);
  const written = attempt(samplesFile, () => appendSample(samplesFile, sample));
  return written.ok ? success(sample) : written;
}

/** The boots that failed among those that count. */
export function failures(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ warmup, outcome }) => !warmup && outcome !== 'reached');
}
