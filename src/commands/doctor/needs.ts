import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../system/command.js';
import { findProgram, readDistribution } from '../../system/distribution.js';
import { packageFolder } from '../../system/environment.js';
import { missing, ok, warn, type Check } from './check.js';

/** configs/host-needs.json: what the recipes need of the machine, and how that is called where. */
interface HostNeeds {
  readonly families: Readonly<Record<string, Family>>;
  readonly needs: readonly Need[];
}

interface Family {
  readonly ids: readonly string[];
  readonly install: readonly string[];
}

interface Need {
  readonly name: string;
  /** `setup`, `tests` and `servers` (for tests as well), `optional`, and the recipes that need it alone. */
  readonly sets: readonly string[];
  readonly why: string;
  readonly program?: string;
  readonly compile?: { readonly code: string; readonly flags?: readonly string[] };
  readonly pkgConfig?: string;
  /** Family -> packages, with spaces between them. */
  readonly packages: Readonly<Record<string, string>>;
}

/** The package that has a program on this distribution; `undefined` where nobody has written it down. */
export function packageOfProgram(program: string): string | undefined {
  const list = readHostNeeds();
  const [family] = familyOf(list) ?? [];
  const name = program === 'cc' ? 'gcc' : program;
  const need = list.needs.find((each) => each.program === name);
  return family === undefined ? undefined : need?.packages[family];
}

/**
 * Whether each program, header and library is there, with the line that installs it on this distribution.
 * @param recipe name of a recipe that ships: what it needs has to be there, and what others need is of no interest.
 *   Without it, every need is looked at, and what `stock` does not need may be missing
 */
export async function checkNeeds(recipe?: string): Promise<Check[]> {
  const list = readHostNeeds();
  const required = ['setup', recipe];
  const isRequired = ({ sets }: Need): boolean => sets.some((name) => required.includes(name));
  const needs = list.needs.filter(recipe === undefined ? isForUse : isRequired);
  const scratch = mkdtempSync(join(tmpdir(), 'bootlap-doctor-'));
  try {
    const looked = needs.map(async (need, index) => ({
      need,
      found: await lookFor(need, join(scratch, String(index))),
    }));
    return (await Promise.all(looked)).map(({ need, found }) =>
      found === undefined ? unmet(list, need, isRequired(need)) : ok(need.name, found),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What only tests need is of no interest to who uses bootlap. */
function isForUse({ sets }: Need): boolean {
  return sets.some((name) => !FOR_TESTS.includes(name));
}

const FOR_TESTS = ['tests', 'servers'];

function unmet(list: HostNeeds, need: Need, isRequired: boolean): Check {
  const advice = installLine(list, need);
  const recipes = need.sets.filter((name) => !FOR_TESTS.includes(name));
  const hence = recipes.includes('optional') ? 'all goes without it' : `only for ${recipes.join(' and ')}`;
  return isRequired
    ? missing(need.name, `not there: ${need.why}`, advice)
    : warn(need.name, `not there: ${need.why} (${hence})`, advice);
}

/** What was found, for a person; `undefined` where the need is not met. */
async function lookFor(need: Need, scratchFile: string): Promise<string | undefined> {
  if (need.program !== undefined) {
    return findProgram(need.program);
  }
  if (need.pkgConfig !== undefined) {
    return (await succeeds('pkg-config', ['--exists', need.pkgConfig])) ? 'found by pkg-config' : undefined;
  }
  const { code = '', flags = [] } = need.compile ?? {};
  const compiled = await succeeds('gcc', ['-x', 'c', '-', '-o', scratchFile, ...flags], code);
  return compiled ? 'compiles and links' : undefined;
}

async function succeeds(program: string, words: readonly string[], input = ''): Promise<boolean> {
  return (await runCommand({ program, arguments: words, folder: tmpdir(), input })).ok;
}

function installLine(list: HostNeeds, need: Need): string {
  const [key = '', family] = familyOf(list) ?? [];
  const packages = need.packages[key];
  if (family === undefined || packages === undefined) {
    return `install it; on Debian the package is ${need.packages['debian'] ?? need.name}`;
  }
  return `sudo ${[...family.install, packages].join(' ')}`;
}

function readHostNeeds(): HostNeeds {
  return JSON.parse(readFileSync(join(packageFolder, 'configs', 'host-needs.json'), 'utf8')) as HostNeeds;
}

/** The family of distributions that this machine's belongs to, nearest name first. */
function familyOf({ families }: HostNeeds): [string, Family] | undefined {
  const { id, like } = readDistribution();
  const known = Object.entries(families);
  return [id, ...like]
    .map((name) => known.find(([, { ids }]) => ids.includes(name)))
    .find((family) => family !== undefined);
}
