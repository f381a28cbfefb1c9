import { mkdirSync, readFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompilationCache, SharedCompilations } from '../../core/compilations.js';
import type { StepContext } from '../../core/step.js';
import type { Build } from '../../recipe/schema.js';
import { findCcache, type FoundCcache } from '../../system/ccache.js';
import { findProgram, followLinks } from '../../system/distribution.js';
import { environmentVariable } from '../../system/environment.js';
import { attempt, attemptAsync, uniqueSuffix } from '../../system/files.js';
import { compilerDigest } from './compiler-digest.js';
import { readTally } from './ccache-tally.js';
import type { BuildSystem } from './system.js';

/** ccache during one build. */
export interface BuildCcache {
  /** For the programs of the build. */
  readonly environment: Readonly<Record<string, string>>;
  /** True: it may give what others have compiled. */
  readonly isOfOthers: boolean;
  /** After the build: tells the step's record and log what came of it. */
  end(): Promise<void>;
}

const NONE: BuildCcache = { environment: {}, isOfOthers: false, end: () => Promise.resolve() };

/** What a compiler's name looks like, also one of another version or for another machine. */
const COMPILER = /^(?:[\w.+-]+-)?(?:cc|c\+\+|gcc|g\+\+|clang|clang\+\+)(?:-\d+(?:\.\d+)*)?$/;
const USUAL = ['cc', 'c++', 'gcc', 'g++', 'clang', 'clang++'];

/** The compilers that a build may call by name. One that a recipe names by its path is called as it is. */
export function compilerNames(system: BuildSystem, build: Build): readonly string[] {
  const variables: Readonly<Record<string, string>> = 'variables' in build ? build.variables : {};
  const named = ['CC', 'CXX', 'HOSTCC', 'HOSTCXX'].map((name) => variables[name]?.trim().split(/\s+/)[0] ?? '');
  const all = [...USUAL, ...system.tools(build), ...system.compiler(build).words.slice(0, 1), ...named];
  return [...new Set(all)].filter((name) => COMPILER.test(name));
}

/**
 * Lets ccache, where it is installed and wanted, stand in for compilers: by programs with their names, first on the
 * PATH, so that every command line of the build is what it is without ccache. Whatever is wrong with it is a line in the log,
 * and the build goes without.
 */
export async function openCcache(names: readonly string[], context: StepContext): Promise<BuildCcache> {
  const { compilations, log } = context;
  const found = compilations && (await findCcache(context.signal));
  if (compilations === undefined || found === undefined) {
    return NONE;
  }
  const unfit = whyUnfit(compilations.folder, found);
  const opened =
    unfit === undefined
      ? await attemptAsync(compilations.folder, () => open(names, { context, compilations, found }))
      : undefined;
  if (opened?.ok !== true) {
    log.line(`${found.version} is not used: ${unfit ?? `${opened?.failure.path ?? ''} cannot be written`}`);
    return NONE;
  }
  return opened.value;
}

/** What its settings, or the PATH, have no way to write. */
function whyUnfit(folder: string, { isOld }: FoundCcache): string | undefined {
  if (isOld) {
    return 'it is older than 4.4';
  }
  return /[:\n]/.test(folder) ? `the path ${folder} cannot be on a PATH` : undefined;
}

interface Opening {
  readonly context: StepContext;
  readonly compilations: CompilationCache;
  readonly found: FoundCcache;
}

async function open(names: readonly string[], opening: Opening): Promise<BuildCcache> {
  const { context, compilations, found } = opening;
  const compilers = new Map(names.flatMap((name) => entryOf(name, found)));
  const links = join(compilations.folder, 'compilers');
  standIn(links, compilers, found.program);
  const shared = found.speaksHttp ? await compilations.share() : undefined;
  const place = join(context.scratchFolder, `ccache${uniqueSuffix()}`);
  mkdirSync(place, { recursive: true });
  const settings = join(place, 'ccache.conf');
  const tallied = join(place, 'stats');
  const isOfOthers = shared?.isOfOthers === true;
  const store = join(compilations.folder, isOfOthers ? 'compilations-of-others' : 'compilations');
  mkdirSync(store, { recursive: true });
  const digest = await compilerDigest([...compilers.values()], context.signal);
  writeFileSync(settings, settingsText({ store, tallied, digest, shared }), { mode: 0o600 });
  return {
    environment: { CCACHE_CONFIGPATH: settings, PATH: `${links}:${environmentVariable('PATH') ?? ''}` },
    isOfOthers,
    end: async () => {
      await shared?.end();
      tell(context, found, tallied);
      attempt(store, () => utimesSync(store, new Date(), new Date()));
    },
  };
}

/** The compiler itself: on some PATHs a link to ccache stands before it. */
function entryOf(name: string, { program }: FoundCcache): [string, string][] {
  const ccache = followLinks(program);
  const compiler = findProgram(name, (path) => followLinks(path) !== ccache);
  return compiler === undefined ? [] : [[name, compiler]];
}

/** Puts a program for each compiler into a folder, each whole or not at all. */
function standIn(folder: string, compilers: ReadonlyMap<string, string>, ccache: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, compiler] of compilers) {
    const path = join(folder, name);
    const text = standInText(ccache, compiler);
    const there = attempt(path, () => readFileSync(path, 'utf8'));
    if (text !== undefined && there.ok && there.value === text) {
      continue;
    }
    const fresh = `${path}${uniqueSuffix()}`;
    if (text === undefined) {
      symlinkSync(ccache, fresh);
    } else {
      writeFileSync(fresh, text, { mode: 0o755 });
    }
    renameSync(fresh, path);
  }
}

/**
 * A kernel's code is compiled without the headers of the system. There the list of headers that the compiler itself
 * writes is whole, and spares ccache a run of the preprocessor, which is a third of a first build. `undefined` where a
 * path would need quotes: a link to ccache does the rest as well.
 */
function standInText(ccache: string, compiler: string): string | undefined {
  const isPlain = [ccache, compiler].every((path) => /^[\w@%+,./-]+$/.test(path));
  const depend = `case " $* " in *' -nostdinc '*) CCACHE_DEPEND=1; export CCACHE_DEPEND ;; esac`;
  return isPlain ? `#!/bin/sh\n${depend}\nexec ${ccache} ${compiler} "$@"\n` : undefined;
}

interface Settings {
  readonly store: string;
  readonly tallied: string;
  readonly digest: string;
  readonly shared: SharedCompilations | undefined;
}

/**
 * Nothing is left out of account (`sloppiness`), so that what ccache gives is what the compiler would make. A kernel's
 * command lines name files from its build folder, so they are the same in every workspace without `base_dir`, which
 * would change what `__FILE__` comes to. Where a compiler writes down its folder, for a debugger, the folder counts.
 */
function settingsText({ store, tallied, digest, shared }: Settings): string {
  const remote = shared && `${shared.address}|layout=flat${shared.isReadOnly ? '|read-only=true' : ''}`;
  const settings = {
    cache_dir: store,
    max_size: '5G',
    compiler_check: `string:${digest}`,
    hash_dir: 'true',
    sloppiness: '',
    base_dir: '',
    stats_log: tallied,
    ...(remote === undefined ? {} : { remote_storage: remote }),
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${value.replaceAll('$', '$$$$')}\n`)
    .join('');
}

function tell(context: StepContext, { version }: FoundCcache, tallied: string): void {
  const text = attempt(tallied, () => readFileSync(tallied, 'utf8'));
  const tally = readTally(version, text.ok ? text.value : '');
  const { hits, shared, misses } = tally;
  const from = shared === 0 ? '' : `, ${shared} of them from the shared cache`;
  context.compiled(tally);
  context.log.line(`${version}: ${hits} of ${hits + misses} compilations were there${from}`);
}
