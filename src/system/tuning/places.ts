import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentVariable, homeFolder } from '../environment.js';
import { attempt } from '../files.js';

/** Where the host keeps what tuning sets, and where we keep what it was before. */
export interface TuningPlaces {
  /** `/sys` */
  readonly sysfs: string;
  /** Folder of the journal, absolute; made when it is needed. All bootlaps of a user share it. */
  readonly journals: string;
  /** Of the host's present boot: values of an earlier one have gone with it. */
  readonly bootId: string;
}

/** Those of this machine. The journal of root ends with the boot; that of another user outlives it in his state folder. */
export function tuningPlaces(): TuningPlaces {
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return { sysfs: '/sys', journals: join(isWritable('/run') ? '/run' : stateFolder(), 'bootlap'), bootId };
}

function isWritable(folder: string): boolean {
  return attempt(folder, () => accessSync(folder, constants.W_OK)).ok;
}

function stateFolder(): string {
  const named = environmentVariable('XDG_STATE_HOME');
  return named === undefined || named === '' ? join(homeFolder(), '.local', 'state') : named;
}
