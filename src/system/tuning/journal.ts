import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, readJsonIfThere, readTextIfThere, remove, uniqueSuffix } from '../files.js';
import { isKnob } from './knobs.js';
import type { TuningPlaces } from './places.js';

/** A process that wants the host as it was set. Its start, in the kernel's ticks, tells it from a later one of that id. */
export interface Owner {
  readonly pid: number;
  readonly started: string;
}

/** A value of the host that was changed, or is just about to be. */
export interface ChangedValue {
  /** Below sysfs. */
  readonly path: string;
  readonly former: string;
  readonly ours: string;
}

/** What was changed in this boot of the host, and for whom. */
export interface Journal {
  readonly values: readonly ChangedValue[];
  readonly owners: readonly Owner[];
}

const NAME = 'tuning.json';
const EMPTY: Journal = { values: [], owners: [] };

/**
 * Whether there is a journal at all; nothing else costs the runs that tune nothing. Where this user may not look, as in
 * the home folder of another one, there is none of his.
 */
export function hasJournal({ journals }: TuningPlaces): boolean {
  const path = join(journals, NAME);
  const found = attempt(path, () => statSync(path, { throwIfNoEntry: false }));
  return found.ok && found.value !== undefined;
}

/** What the journal says; of another boot of the host, or torn, nothing. Throws system errors. */
export function readJournal({ journals, bootId }: TuningPlaces): Journal {
  const found = readJsonIfThere(join(journals, NAME)) as Partial<Journal & { bootId: string }> | undefined;
  if (found?.bootId !== bootId || !Array.isArray(found.values) || !Array.isArray(found.owners)) {
    return EMPTY;
  }
  const { values, owners } = found as Journal;
  return { values: values.filter(({ path }) => isKnob(path)), owners };
}

/**
 * Writes the journal so that it is whole, and on the disk, before anything that it tells of is done; one that has
 * nothing to put back is removed. Throws system errors.
 */
export function writeJournal({ journals, bootId }: TuningPlaces, { values, owners }: Journal): void {
  const path = join(journals, NAME);
  if (values.length === 0) {
    remove(path);
    return;
  }
  const staged = `${path}.${uniqueSuffix()}.tmp`;
  try {
    withFile(staged, 'wx', (file) => {
      writeSync(file, `${JSON.stringify({ schemaVersion: 1, bootId, values, owners }, undefined, 2)}\n`);
      fsyncSync(file);
    });
    renameSync(staged, path);
    withFile(journals, 'r', fsyncSync);
  } finally {
    remove(staged);
  }
}

function withFile(path: string, flags: string, work: (file: number) => void): void {
  const file = openSync(path, flags, 0o644);
  try {
    work(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the journal's folder. False where others could write to it: what it told would be put into the kernel. */
export function openJournals({ journals }: TuningPlaces): boolean {
  mkdirSync(journals, { recursive: true, mode: 0o755 });
  const { uid, mode } = statSync(journals);
  return uid === process.geteuid?.() && (mode & 0o022) === 0;
}

/** This process as an owner. Throws system errors. */
export function ourselves(): Owner {
  return { pid: process.pid, started: startOf(readFileSync('/proc/self/stat', 'utf8')) };
}

/** Whether the process lives that an owner stands for. One that has ended and waits to be reaped does not. */
export function isAlive({ pid, started }: Owner): boolean {
  const stat = attempt('/proc', () => readTextIfThere(`/proc/${pid}/stat`));
  const text = stat.ok ? stat.value : undefined;
  return text !== undefined && startOf(text) === started && !/\) [ZX] /.test(text);
}

/** The 22nd field. A program's name, the second, may have spaces and parentheses in it. */
function startOf(stat: string): string {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
