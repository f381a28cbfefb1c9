import type { FileFailure } from '../files.js';
import { attempt, attemptAsync } from '../files.js';
import type { Result } from '../../core/result.js';
import { success } from '../../core/result.js';
import { alone } from './alone.js';
import {
  hasJournal,
  isAlive,
  openJournals,
  readJournal,
  writeJournal,
  type ChangedValue,
  type Journal,
  type Owner,
} from './journal.js';
import { readKnob, writeKnob } from './knobs.js';
import type { TuningPlaces } from './places.js';

/** What came of putting values back. */
export interface Restored {
  readonly back: readonly ChangedValue[];
  /** Somebody else has set them since: they stay as `found`. */
  readonly changed: readonly (ChangedValue & { readonly found: string })[];
  /** The kernel refuses them, by that error; they stay in the journal. */
  readonly refused: readonly (ChangedValue & { readonly code: string })[];
}

/** Nothing was there to be put back. */
export const NOTHING: Restored = { back: [], changed: [], refused: [] };

/**
 * Puts back what bootlaps set that were killed and whose guard was killed too. Does nothing while one lives that wants
 * the host as it is.
 */
export async function restoreLeftovers(places: TuningPlaces): Promise<Result<Restored, FileFailure>> {
  const there = attempt(places.journals, () => hasJournal(places) && openJournals(places));
  if (!there.ok || !there.value) {
    return there.ok ? success(NOTHING) : there;
  }
  return attemptAsync(places.journals, () => alone(places.journals, () => settle(places, undefined).restored));
}

/** Puts back what was set for that owner, unless another bootlap lives that wants it, too: then that one has to. */
export function release(places: TuningPlaces, owner: Owner): Promise<Result<Restored, FileFailure>> {
  return attemptAsync(places.journals, () => alone(places.journals, () => settle(places, owner).restored));
}

/**
 * Takes those that have gone, and `leaving`, off the journal, and puts everything back when nobody is left. Has to be
 * done alone. Throws system errors.
 */
export function settle(
  places: TuningPlaces,
  leaving: Owner | undefined,
): { readonly journal: Journal; readonly restored: Restored } {
  const { values, owners } = readJournal(places);
  const living = owners.filter((owner) => isAlive(owner) && !isSame(owner, leaving));
  const restored = living.length > 0 ? NOTHING : restoreValues(places, values);
  const journal = { values: living.length > 0 ? values : restored.refused.map(plain), owners: living };
  writeJournal(places, journal);
  return { journal, restored };
}

function isSame(one: Owner, other: Owner | undefined): boolean {
  return one.pid === other?.pid && one.started === other.started;
}

function plain({ path, former, ours }: ChangedValue): ChangedValue {
  return { path, former, ours };
}

function restoreValues({ sysfs }: TuningPlaces, values: readonly ChangedValue[]): Restored {
  const restored = { back: [] as ChangedValue[], changed: [], refused: [] } as Mutable<Restored>;
  for (const value of values) {
    const found = readKnob(sysfs, value.path);
    // Gone with its processor, or never changed because the journal was all that could be written.
    if (found === undefined || found === value.former) {
      continue;
    }
    if (found !== value.ours) {
      restored.changed.push({ ...value, found });
      continue;
    }
    const code = writeKnob(sysfs, value.path, value.former);
    if (code === undefined) {
      restored.back.push(value);
    } else {
      restored.refused.push({ ...value, code });
    }
  }
  return restored;
}

type Mutable<T> = { [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
