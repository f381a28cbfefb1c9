import { differences } from '../../measure/comparison/conditions.js';
import type { PastRun } from './sort-out.js';

/** Something that two runs do not have in common. */
export interface Changed {
  /** `kernel`: other bytes were run; `host.kernel`: the host is another one in that. */
  readonly what: string;
  /** A SHA-256, or what the host told; missing where there was none. */
  readonly before?: string;
  readonly now?: string;
  /** Why, as far as the record of the two runs knows: `patch:kernel: file 0001-init.patch changed`. */
  readonly because: readonly string[];
}

/** Looks up why the bytes of an input are other ones. */
export type LookUp = (input: string, before: PastRun, now: PastRun) => readonly string[];

/** What differs between a run and the one before it: what was booted, and the host. */
export function changedBetween(before: PastRun, now: PastRun, lookUp: LookUp): Changed[] {
  return [...changedInputs(before, now, lookUp), ...changedHost(before, now)];
}

function changedInputs(before: PastRun, now: PastRun, lookUp: LookUp): Changed[] {
  const [ours, theirs] = [before.summary.inputs, now.summary.inputs];
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return names
    .filter((name) => ours[name] !== theirs[name])
    .map((name) => ({
      what: name,
      ...(ours[name] === undefined ? {} : { before: ours[name] }),
      ...(theirs[name] === undefined ? {} : { now: theirs[name] }),
      because: lookUp(name, before, now),
    }));
}

function changedHost(before: PastRun, now: PastRun): Changed[] {
  const [ours, theirs] = [before, now].map(({ summary: { host, machine, measured } }) => ({
    host,
    machine,
    method: measured.method,
    scheduling: measured.scheduling,
  }));
  if (ours === undefined || theirs === undefined) {
    return [];
  }
  const told = differences(ours, theirs)
    .filter(({ field }) => field.startsWith('host.'))
    .map(({ field, a, b }) => ({ what: field, before: a, now: b, because: [] }));
  const isRebuilt = ours.host.kernel === theirs.host.kernel && ours.host.kernelBuild !== theirs.host.kernelBuild;
  const rebuilt = {
    what: 'host.kernelBuild',
    before: ours.host.kernelBuild,
    now: theirs.host.kernelBuild,
    because: [],
  };
  return isRebuilt ? [...told, rebuilt] : told;
}
