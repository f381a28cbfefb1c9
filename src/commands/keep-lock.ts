import { join } from 'node:path';
import type { EventSink, RunEvent } from '../core/event.js';
import type { LockInvalid } from '../core/failures/recipe.js';
import { success, type Result } from '../core/result.js';
import { outFolder, workspaceAt, type PipelineRequest } from '../engine/index.js';
import { changeLock, type RecipeLock } from '../recipe/lock.js';
import type { LockEntry } from '../recipe/lock-document.js';
import { isMadeFrom, type Lockable } from '../recipe/lockable.js';
import { readPin } from '../steps/pin-document.js';
import type { FileFailure } from '../system/files.js';

/** What the lock is kept from. */
export interface Keeping {
  readonly lock: RecipeLock;
  /** The workspace of the run. Absolute. */
  readonly workspace: string;
  /** The name by which the run's outputs lie there: in a comparison, the second of two recipes of one name has another. */
  readonly outName: string;
  /** True: settings of one call lie over the recipe, and what they lead to takes the place of nothing that is held. */
  readonly isOneOff: boolean;
}

/**
 * A follower of a run that brings bootlap.lock up to each pin as soon as its step has ended, so that a run that is killed later loses
 * nothing. A lock that cannot be written is said once and stops nothing: the pins are in the workspace.
 */
export function keepingLock(keeping: Keeping): NonNullable<PipelineRequest['follow']> {
  let hasWarned = false;
  return (event, tell) => {
    const lockable = endedPin(keeping.lock, event);
    const failure = lockable === undefined ? undefined : keep({ ...keeping, sink: tell }, lockable);
    if (lockable !== undefined && failure !== undefined && !hasWarned) {
      hasWarned = true;
      tell({ event: 'notice', level: 'warning', text: notWritten(keeping.lock, lockable, failure) });
    }
  };
}

/** What a step that has just ended well pins, where it is something that the lock may hold. */
function endedPin({ lockables }: RecipeLock, event: RunEvent): Lockable | undefined {
  return event.event === 'step' && event.status !== 'failed' && event.status !== 'skipped'
    ? lockables.find(({ key }) => event.step === `pin:${key}`)
    : undefined;
}

interface Telling extends Keeping {
  readonly sink: EventSink;
}

function keep(
  { lock, workspace, outName, isOneOff, sink }: Telling,
  lockable: Lockable,
): LockInvalid | FileFailure | undefined {
  const { key, basis } = lockable;
  const folder = outFolder(workspaceAt(workspace), outName, `pin:${key}`);
  const entry = pinnedEntry(join(folder, 'pin.json'), lockable);
  const before = lock.entries.get(key);
  if (!entry.ok || idOf(entry.value) === idOf(before)) {
    return entry.ok ? undefined : entry.failure;
  }
  const isForeign = before !== undefined && !isMadeFrom(before, basis);
  if (isOneOff && isForeign) {
    return undefined;
  }
  const changed = changeLock(lock, key, entry.value);
  if (!changed.ok) {
    return changed.failure;
  }
  if (isForeign) {
    const text = `${lock.file}: what it held for ${key} was found for ${basisOf(before)}, and is not used`;
    sink({ event: 'notice', level: 'warning', text });
  }
  sink({ event: 'notice', level: 'info', text: written(lock, key, entry.value) });
  return undefined;
}

/** The entry that stands for a pin: none where the recipe says the same by itself. */
function pinnedEntry(path: string, { basis }: Lockable): Result<LockEntry | undefined, FileFailure> {
  if ('url' in basis) {
    const pin = readPin(path, 'config');
    return pin.ok ? success({ ...basis, sha256: pin.value.sha256 }) : pin;
  }
  const pin = readPin(path, 'git');
  if (!pin.ok) {
    return pin;
  }
  const { commit } = pin.value;
  return success(commit === basis.insteadOf ? undefined : { ...basis, commit });
}

/** Everything that an entry says, for comparing. */
function idOf(entry: LockEntry | undefined): string {
  return entry === undefined ? '' : [originOf(entry), valueOf(entry), 'git' in entry ? entry.insteadOf : ''].join(' ');
}

function originOf(entry: LockEntry): string {
  return 'url' in entry ? entry.url : `${entry.git} ${entry.branch}`;
}

/** What an entry was found for, for a person: the recipe's commit belongs to it. */
function basisOf(entry: LockEntry): string {
  const instead = 'git' in entry ? entry.insteadOf : undefined;
  return `${originOf(entry)}${instead === undefined ? '' : `, instead of the recipe's commit ${instead.slice(0, 12)}`}`;
}

function valueOf(entry: LockEntry): string {
  return 'url' in entry ? entry.sha256 : entry.commit;
}

function written({ file }: RecipeLock, key: string, entry: LockEntry | undefined): string {
  return entry === undefined
    ? `${key} is at the recipe's own commit: nothing else is held in ${file}`
    : `${key} is held at ${valueOf(entry).slice(0, 12)} in ${file}`;
}

function notWritten(lock: RecipeLock, { key, basis }: Lockable, failure: LockInvalid | FileFailure): string {
  const before = lock.entries.get(key);
  const wasHeld = 'insteadOf' in basis || (before !== undefined && isMadeFrom(before, basis));
  const consequence = wasHeld
    ? 'the next run takes what was held before'
    : 'what was found is held in this workspace alone';
  return `${lock.file} could not be written (${inWords(failure)}): ${consequence}`;
}

function inWords(failure: LockInvalid | FileFailure): string {
  switch (failure.reason) {
    case 'disk-full':
      return 'the disk is full';
    case 'lock-invalid':
      return 'somebody has changed it meanwhile, and it is not as bootlap writes it';
    case 'not-writable':
    case 'file-trouble':
      return failure.detail;
  }
}
