import { accessSync, closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { byCodeUnit } from '../../core/json.js';
import { attempt, isSystemError, namesIfReadable, readTextIfThere } from '../files.js';

/** What of a host can be set so that its processors keep one pace. */
export type KnobKind = 'governor' | 'turbo';

/**
 * Whether a kind of knob is as it has to be: on all of them; on some; on none, because that is refused; or this host has
 * no such thing.
 */
export type KnobState = 'set' | 'partly' | 'refused' | 'missing';

/** Of each kind. */
export type KnobStates = Readonly<Record<KnobKind, KnobState>>;

/** A file of the kernel's that sets it. */
export interface Knob {
  readonly kind: KnobKind;
  /** Below sysfs. */
  readonly path: string;
  readonly wanted: string;
}

const CPU = 'devices/system/cpu';
const GOVERNOR = 'performance';

/** Nothing else is ever written to, whatever a journal says. */
const KNOWN =
  /^devices\/system\/cpu\/(cpufreq\/(policy\d+\/scaling_governor|boost)|cpu\d+\/cpufreq\/scaling_governor|intel_pstate\/no_turbo)$/;

/** Tells whether tuning has to do with that file below sysfs. */
export function isKnob(path: string): boolean {
  return KNOWN.test(path);
}

/** The knobs that this host has, in the order of their paths: turbo, and the governor of each group of processors. */
export function findKnobs(sysfs: string): Knob[] {
  return [...turboKnobs(sysfs), ...governorKnobs(sysfs)].filter(({ path }) => readKnob(sysfs, path) !== undefined);
}

function turboKnobs(sysfs: string): Knob[] {
  const intel: Knob = { kind: 'turbo', path: `${CPU}/intel_pstate/no_turbo`, wanted: '1' };
  return readKnob(sysfs, intel.path) === undefined
    ? [{ kind: 'turbo', path: `${CPU}/cpufreq/boost`, wanted: '0' }]
    : [intel];
}

/** Of the kernel's policies; those of single processors are the same files under other names. */
function governorKnobs(sysfs: string): Knob[] {
  const policies = folders(join(sysfs, CPU, 'cpufreq'), /^policy\d+$/).map((name) => `${CPU}/cpufreq/${name}`);
  const processors = folders(join(sysfs, CPU), /^cpu\d+$/).map((name) => `${CPU}/${name}/cpufreq`);
  return (policies.length > 0 ? policies : processors)
    .filter((folder) => offersGovernor(join(sysfs, folder)))
    .map((folder) => ({ kind: 'governor', path: `${folder}/scaling_governor`, wanted: GOVERNOR }));
}

function folders(folder: string, pattern: RegExp): string[] {
  return namesIfReadable(folder)
    .filter((name) => pattern.test(name))
    .sort(byCodeUnit);
}

function offersGovernor(folder: string): boolean {
  const offered = attempt(folder, () => readTextIfThere(join(folder, 'scaling_available_governors')));
  return !offered.ok || offered.value === undefined || offered.value.split(/\s+/).includes(GOVERNOR);
}

/** What a knob is set to; `undefined` where it is not there or does not tell, as that of a processor that is off. */
export function readKnob(sysfs: string, path: string): string | undefined {
  const text = attempt(path, () => readTextIfThere(join(sysfs, path)));
  return text.ok ? text.value?.trim() : undefined;
}

/** Whether this user may set it: `undefined`, or the error's code (`EACCES`, `EROFS`). */
export function whyNotWritable(sysfs: string, path: string): string | undefined {
  return codeOf(() => accessSync(join(sysfs, path), constants.W_OK));
}

/** Sets a knob. Gives the error's code where the kernel refuses it; `ignored` where it takes it and does nothing. */
export function writeKnob(sysfs: string, path: string, value: string): string | undefined {
  const refused = codeOf(() => overwrite(join(sysfs, path), value));
  return refused ?? (readKnob(sysfs, path) === value ? undefined : 'ignored');
}

/** Never makes a file: one that has gone with its processor has to be told. */
function overwrite(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_TRUNC);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** What each kind of knob would be if this user tuned this host. */
export function attainable(sysfs: string): KnobStates {
  return statesOf(findKnobs(sysfs), (knob) => isSet(sysfs, knob) || whyNotWritable(sysfs, knob.path) === undefined);
}

/** Whether it is as it has to be. */
export function isSet(sysfs: string, { path, wanted }: Knob): boolean {
  return readKnob(sysfs, path) === wanted;
}

/** Each kind of knob, by whether each of its knobs is right. */
export function statesOf(knobs: readonly Knob[], isRight: (knob: Knob) => boolean): KnobStates {
  const one = (kind: KnobKind): KnobState => {
    const own = knobs.filter((knob) => knob.kind === kind);
    const right = own.filter(isRight).length;
    return own.length === 0 ? 'missing' : right === own.length ? 'set' : right === 0 ? 'refused' : 'partly';
  };
  return { governor: one('governor'), turbo: one('turbo') };
}

function codeOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (isSystemError(error)) {
      return error.code;
    }
    throw error;
  }
}
