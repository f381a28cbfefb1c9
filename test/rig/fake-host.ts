import { mkdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TuningPlaces } from '../../src/system/tuning/places.js';

/** What a host's knobs are set to; `undefined` for one that it does not have. `boost` is not there unless it is given. */
export interface HostValues {
  readonly policy0?: string | undefined;
  readonly policy1?: string | undefined;
  /** `no_turbo` of Intel's: "0" is on. */
  readonly turbo?: string | undefined;
  readonly boost?: string | undefined;
}

/** A host whose processors have frequencies: files in a folder instead of the kernel's. */
export interface FakeHost {
  readonly places: TuningPlaces;
  /** Where the journal is while something is set. */
  readonly journal: string;
  readonly path: (name: keyof HostValues) => string;
  readonly set: (name: keyof HostValues, value: string) => void;
  /** Of those that are there. */
  readonly values: () => HostValues;
}

const PATHS: Readonly<Record<keyof HostValues, string>> = {
  policy0: 'cpufreq/policy0/scaling_governor',
  policy1: 'cpufreq/policy1/scaling_governor',
  turbo: 'intel_pstate/no_turbo',
  boost: 'cpufreq/boost',
};
const NAMES = Object.keys(PATHS) as (keyof HostValues)[];

/** Makes one below a folder. */
export function fakeHost(folder: string, values: HostValues = {}): FakeHost {
  const places = { sysfs: join(folder, 'sys'), journals: join(folder, 'journals'), bootId: 'this boot' };
  const path = (name: keyof HostValues): string => join(places.sysfs, 'devices/system/cpu', PATHS[name]);
  const all: HostValues = { policy0: 'powersave', policy1: 'schedutil', turbo: '0', ...values };
  for (const name of NAMES) {
    const value = all[name];
    if (value !== undefined) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), `${value}\n`);
    }
  }
  return {
    places,
    journal: join(places.journals, 'tuning.json'),
    path,
    set: (name, value) => writeFileSync(path(name), `${value}\n`),
    values: () =>
      Object.fromEntries(
        NAMES.filter((name) => existsSync(path(name))).map((name) => [name, readFileSync(path(name), 'utf8').trim()]),
      ),
  };
}
