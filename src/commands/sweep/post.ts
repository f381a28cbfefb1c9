import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../core/failure.js';
import type { Json } from '../../core/json.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Address, Mailbox } from '../../remote/mailbox.js';
import { attempt, remove, writeFileAtomically } from '../../system/files.js';
import type { HandedPlace, Handover, PlannedCell, SweepPlan } from './document.js';
import { leaveParcel, stagedParcel } from './parcel.js';
import type { SweepFolder } from './state.js';
import { absoluteRecipes, travellingFiles, type TravellingFile } from './travel.js';

/** A handover as it goes through the shared cache. */
export interface HandoverLetter {
  readonly handover: Handover;
  /** Its `cells` are those that the jobs are about. */
  readonly plan: SweepPlan;
  readonly files: readonly TravellingFile[];
}

/** Where the letter with a handover is. */
export function handoverAddress(sweep: string, number: number): Address {
  return { kind: 'handover', sweep, number };
}

/** Where the letter with the outcome of a job is. */
export function outcomeAddress(sweep: string, { number, index }: HandedPlace): Address {
  return { kind: 'outcome', sweep, number, index };
}

/** Pauses between tries to send a letter that something depends on. Milliseconds. */
const PAUSES = [0, 2_000, 5_000, 10_000, 30_000];
/** Least time between two rounds of asking for outcomes; a round that took long is followed by a longer one. Milliseconds. */
const ROUND = 2_000;
/** The longest such time: a job that has ended is not waited for much longer. */
const LONGEST_ROUND = 20_000;
/** Outcomes asked for at once. */
const AT_ONCE = 8;

/** The front end's side of handovers that travel through the shared cache. */
export class Post {
  #nextRound = 0;
  readonly #told = new Set<string>();

  constructor(
    private readonly options: {
      readonly folder: Pick<SweepFolder, 'id' | 'path'>;
      readonly plan: SweepPlan;
      readonly mailbox: Mailbox;
      readonly tell: (text: string, level: 'warning') => void;
    },
  ) {}

  /** Sends a handover, unless that has been done. Fails with `letter-not-sent`, or as recipes and files do. */
  async send(handover: Handover, signal: AbortSignal): Promise<Result<void, Failure>> {
    const { folder, plan, mailbox } = this.options;
    const mark = join(folder.path, 'handovers', `${handover.number}.sent`);
    if (existsSync(mark)) {
      return success(undefined);
    }
    const cells = cellsOf(handover, plan);
    const files = travellingFiles(plan, cells, handover.workingFolder);
    if (!files.ok) {
      return files;
    }
    const builds = plan.builds.map((build) => ({ ...build, cells: [] }));
    const letter: HandoverLetter = {
      handover,
      plan: absoluteRecipes({ ...plan, cells, builds }),
      files: files.value,
    };
    const paths = new Map(files.value.map(({ name, path }) => [name, path]));
    const address = handoverAddress(folder.id, handover.number);
    const sent = await sendPatiently(mailbox, { address, text: letter as unknown as Json, files: paths }, signal);
    return sent.ok ? attempt(mark, () => writeFileAtomically(mark, '')) : sent;
  }

  /** Fetches outcomes that are there by now, so that they have arrived; not more often than the server can bear. */
  async fetch(places: readonly HandedPlace[], signal: AbortSignal): Promise<Result<void, Failure>> {
    const begun = Date.now();
    if (begun < this.#nextRound) {
      return success(undefined);
    }
    for (let from = 0; from < places.length && !signal.aborted; from += AT_ONCE) {
      const asked = places.slice(from, from + AT_ONCE).map((place) => this.#fetchOne(place, signal));
      const failure = (await Promise.all(asked)).find(({ ok }) => !ok);
      if (failure !== undefined) {
        return failure;
      }
    }
    this.#nextRound = Date.now() + Math.min(LONGEST_ROUND, Math.max(ROUND, 4 * (Date.now() - begun)));
    return success(undefined);
  }

  async #fetchOne(place: HandedPlace, signal: AbortSignal): Promise<Result<void, Failure>> {
    const { folder, mailbox } = this.options;
    const staged = stagedParcel(folder.path);
    const received = await mailbox.receive(outcomeAddress(folder.id, place), staged, signal);
    if (received !== 'nothing' && 'text' in received) {
      return leaveParcel(staged, folder.path, place);
    }
    if (received !== 'nothing' && !signal.aborted && !this.#told.has(received.trouble)) {
      this.#told.add(received.trouble);
      this.options.tell(`the shared cache ${mailbox.host} ${received.trouble}`, 'warning');
    }
    return attempt(staged, () => remove(staged));
  }
}

/** Those that the jobs are about, at the places that their numbers give them. */
function cellsOf({ jobs }: Handover, { cells }: SweepPlan): PlannedCell[] {
  const wanted = new Set(
    jobs.flatMap((job) => (job.kind === 'build' ? job.cells.slice(0, 1) : [...job.cells, job.base ?? 0])),
  );
  return cells.filter(({ number }) => wanted.has(number));
}

/** Sends what came of a job: the parcel that it has left in a folder of this host's. Fails with `letter-not-sent`. */
export function sendOutcome(
  mailbox: Mailbox,
  { sweep, place, parcel }: { readonly sweep: string; readonly place: HandedPlace; readonly parcel: string },
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  const files = new Map(readdirSync(parcel).map((name) => [name, join(parcel, name)]));
  return sendPatiently(mailbox, { address: outcomeAddress(sweep, place), text: {}, files }, signal);
}

async function sendPatiently(
  mailbox: Mailbox,
  {
    address,
    ...letter
  }: { readonly address: Address; readonly text: Json; readonly files: ReadonlyMap<string, string> },
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  let detail = 'was not asked';
  for (const pause of PAUSES) {
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    const trouble = signal.aborted ? detail : await mailbox.send(address, letter, signal);
    if (trouble === undefined) {
      return success(undefined);
    }
    if (signal.aborted) {
      return failed({ reason: 'interrupted' });
    }
    detail = trouble;
  }
  return failed({ reason: 'letter-not-sent', host: mailbox.host, detail });
}

/** A folder for what a letter brings. Throws system errors. */
export function emptied(folder: string): string {
  remove(folder);
  mkdirSync(folder, { recursive: true });
  return folder;
}
