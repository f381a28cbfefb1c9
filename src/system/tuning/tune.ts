import { attempt, attemptAsync, type FileFailure } from '../files.js';
import { failed, success, type Result } from '../../core/result.js';
import { alone } from './alone.js';
import { startGuard, type Guard } from './guard.js';
import { openJournals, ourselves, writeJournal, type ChangedValue, type Journal, type Owner } from './journal.js';
import {
  findKnobs,
  isSet,
  readKnob,
  statesOf,
  whyNotWritable,
  writeKnob,
  type Knob,
  type KnobStates,
} from './knobs.js';
import type { TuningPlaces } from './places.js';
import { NOTHING, release, settle, type Restored } from './restore.js';

/** A knob that could not be set, and the error's code; `ignored` where the kernel took it and did nothing. */
export interface RefusedKnob extends Knob {
  readonly code: string;
}

/** A host that keeps one pace, as far as it lets us. */
export interface TunedHost {
  readonly state: KnobStates;
  readonly refused: readonly RefusedKnob[];
  /** What a bootlap had left that was killed. */
  readonly leftovers: Restored;
  /** Puts everything back, unless another bootlap still wants it. */
  end(): Promise<Result<Restored, FileFailure>>;
}

/** Why nothing was set: what is changed could not be written down, or others could change what is written down. */
export type NotTuned = FileFailure | { readonly reason: 'journal-open'; readonly folder: string };

/**
 * Sets the governor and turbo of all processors so that they keep one pace. Every former value is in the journal, and a
 * guard stands by, before the first is changed: however we end, they come back. A second bootlap joins, and the last one
 * puts back.
 */
export async function tuneHost(places: TuningPlaces): Promise<Result<TunedHost, NotTuned>> {
  const safe = attempt(places.journals, () => openJournals(places));
  if (!safe.ok || !safe.value) {
    return safe.ok ? failed({ reason: 'journal-open', folder: places.journals }) : safe;
  }
  return attemptAsync(places.journals, () => alone(places.journals, () => begin(places)));
}

async function begin(places: TuningPlaces): Promise<TunedHost> {
  const { journal, restored: leftovers } = settle(places, undefined);
  const knobs = findKnobs(places.sysfs);
  const stateNow = (): KnobStates => statesOf(knobs, (knob) => isSet(places.sysfs, knob));
  const { wanting, forbidden } = whatToSet(places, knobs);
  if (wanting.length === 0 && journal.values.length === 0) {
    const end = (): Promise<Result<Restored, FileFailure>> => Promise.resolve(success(NOTHING));
    return { state: stateNow(), refused: forbidden, leftovers, end };
  }
  const owner = ourselves();
  writeJournal(places, joined(journal, owner, wanting));
  const guard = await startGuard(places, owner);
  const refused = [...forbidden, ...setAll(places, wanting)];
  return { state: stateNow(), refused, leftovers, end: () => end(places, owner, guard) };
}

/** A knob, and what it is set to. */
interface Wanting extends Knob {
  readonly former: string;
}

function whatToSet(
  { sysfs }: TuningPlaces,
  knobs: readonly Knob[],
): { readonly wanting: Wanting[]; readonly forbidden: RefusedKnob[] } {
  const wanting: Wanting[] = [];
  const forbidden: RefusedKnob[] = [];
  for (const knob of knobs) {
    const former = readKnob(sysfs, knob.path);
    const code = whyNotWritable(sysfs, knob.path);
    if (former === undefined || former === knob.wanted) {
      continue;
    }
    if (code === undefined) {
      wanting.push({ ...knob, former });
    } else {
      forbidden.push({ ...knob, code });
    }
  }
  return { wanting, forbidden };
}

/** What somebody has set since another bootlap did is what has to come back. */
function joined({ values, owners }: Journal, owner: Owner, wanting: readonly Wanting[]): Journal {
  const ours: ChangedValue[] = wanting.map(({ path, former, wanted }) => ({ path, former, ours: wanted }));
  const others = values.filter(({ path }) => !ours.some((value) => value.path === path));
  return { values: [...others, ...ours], owners: [...owners, owner] };
}

function setAll({ sysfs }: TuningPlaces, wanting: readonly Wanting[]): RefusedKnob[] {
  return wanting.flatMap((knob) => {
    const { kind, path, wanted } = knob;
    const code = writeKnob(sysfs, path, wanted);
    return code === undefined ? [] : [{ kind, path, wanted, code }];
  });
}

async function end(places: TuningPlaces, owner: Owner, guard: Guard): Promise<Result<Restored, FileFailure>> {
  const restored = await release(places, owner);
  if (restored.ok) {
    guard.dismiss();
  }
  return restored;
}
