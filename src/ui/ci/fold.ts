import { stripVTControlCharacters } from 'node:util';
import type { CiService } from '../../system/ci.js';
import { GROUP_END, groupStart } from './github.js';

/** A part of a job's log that is folded away. */
export interface Fold {
  /** Both with the line feed at their end. */
  readonly start: string;
  readonly end: () => string;
}

let count = 0;

/** A folded part with a title. `now` in milliseconds since 1970, because GitLab shows how long a section took. */
export function foldOf(service: CiService, title: string, now: () => number): Fold {
  const line = stripVTControlCharacters(title).replace(/\p{Cc}+/gu, ' ');
  if (service === 'github') {
    return { start: groupStart(line), end: () => GROUP_END };
  }
  count += 1;
  // Names of sections have to differ within a job, in which we may be called several times.
  const name = `bootlap_${now().toString(36)}_${count}`;
  const seconds = (): number => Math.floor(now() / 1000);
  return {
    start: `\u001B[0Ksection_start:${seconds()}:${name}[collapsed=true]\r\u001B[0K${line}\n`,
    end: () => `\u001B[0Ksection_end:${seconds()}:${name}\r\u001B[0K\n`,
  };
}
