import { join } from 'node:path';
import { environmentVariable, homeFolder } from './environment.js';
import { attempt, readTextIfThere } from './files.js';

/** A user's name and password at a host. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/**
 * The login that `$NETRC`, else `~/.netrc`, has for a host (its name without the port); `undefined` where it has none.
 * `named`: its `default`, which is for whatever host there is, does not count.
 */
export function netrcLogin(host: string, entries: 'all' | 'named' = 'all'): Login | undefined {
  const path = environmentVariable('NETRC') ?? join(homeFolder(), '.netrc');
  const text = attempt(path, () => readTextIfThere(path));
  return text.ok && text.value !== undefined ? loginIn(text.value, host, entries) : undefined;
}

/** The login that the text of a netrc file has for a host: the first entry of its name, else the first `default`. */
export function loginIn(text: string, host: string, which: 'all' | 'named' = 'all'): Login | undefined {
  const entries = parse(text).filter(({ machine }) => which === 'all' || machine !== undefined);
  const entry = entries.find((each) => each.machine === host) ?? entries.find((each) => each.machine === undefined);
  return entry?.user === undefined ? undefined : { user: entry.user, password: entry.password ?? '' };
}

interface Entry {
  /** Missing for `default`. */
  readonly machine: string | undefined;
  user?: string;
  password?: string;
}

function parse(text: string): Entry[] {
  const words = [...withoutMacros(text).matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
  );
  const entries: Entry[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const last = entries.at(-1);
    if (word === 'machine' || word === 'default') {
      entries.push({ machine: word === 'machine' ? words.shift() : undefined });
    } else if (last !== undefined && (word === 'login' || word === 'password')) {
      const value = words.shift();
      Object.assign(last, value === undefined ? {} : { [word === 'login' ? 'user' : 'password']: value });
    }
  }
  return entries;
}

/** A macro goes up to the next empty line; what it does is none of our business. */
function withoutMacros(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, '').replace(/^[ \t]*macdef [^]*?(\n[ \t]*\n|$(?![^]))/gm, '\n');
}
