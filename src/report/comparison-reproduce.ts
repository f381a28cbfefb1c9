import type { Arms } from '../measure/interleaved-plan.js';
import type { Sample } from '../measure/samples.js';
import type { Side } from './comparison.js';
import { quoted, reproduceCommand, settingOption, settingsOf, type ReproduceRequest } from './reproduce.js';

/** A command, in the parts between which a line may be broken. */
export interface Command {
  /** What it does again. */
  readonly title: string;
  readonly parts: readonly string[];
}

/** How the comparison was called for. */
export interface ComparisonCall {
  /** The two words that name what is compared. */
  readonly words: Arms<string>;
  /** `--threshold`, `--fail-if`, `--allow-different`, as they were given. */
  readonly options: readonly string[];
  /** `key=value` and `component=path` that were set for both and for each; of finished measurements there are none. */
  readonly set: readonly string[];
  readonly with: readonly string[];
  readonly sets: Arms<readonly string[]>;
  readonly withs: Arms<readonly string[]>;
}

/** The command that builds two recipes and boots them interleaved again. */
export function recipesCommand(call: ComparisonCall, sides: Arms<Side>): Command {
  const { words } = call;
  const settled = { a: settingsOf(requestOf(sides.a)), b: settingsOf(requestOf(sides.b)) };
  const keys = [...new Set([...Object.keys(settled.a), ...Object.keys(settled.b)])];
  const shared = keys.filter((key) => settled.a[key] === settled.b[key]);
  const own = (side: 'a' | 'b'): string[] =>
    keys.flatMap((key) => {
      const value = settled[side][key];
      return shared.includes(key) || value === undefined ? [] : [settingOption(`--set-${side}`, key, value)];
    });
  return {
    title: 'Both built and booted interleaved',
    parts: [
      `bootlap compare ${quoted(words.a)}${words.a === words.b ? '' : ` ${quoted(words.b)}`}`,
      ...givenOptions(call, keys),
      ...shared.map((key) => settingOption('--set', key, settled.a[key] ?? '')),
      ...own('a'),
      ...own('b'),
      ...call.options,
    ],
  };
}

/** What the user set and a measurement does not tell: sources, builds, trees. */
function givenOptions(call: ComparisonCall, told: readonly string[]): string[] {
  const untold = (settings: readonly string[]): string[] =>
    settings.filter((setting) => !told.includes(setting.slice(0, setting.indexOf('=')).trim()));
  return [
    ...untold(call.set).map((setting) => `--set ${quoted(setting)}`),
    ...untold(call.sets.a).map((setting) => `--set-a ${quoted(setting)}`),
    ...untold(call.sets.b).map((setting) => `--set-b ${quoted(setting)}`),
    ...call.with.map((tree) => `--with ${quoted(tree)}`),
    ...call.withs.a.map((tree) => `--with-a ${quoted(tree)}`),
    ...call.withs.b.map((tree) => `--with-b ${quoted(tree)}`),
  ];
}

/** The commands that measure two sides again, each by itself, and the one that compares the two measurements that are there. */
export function runsCommands({ words, options }: ComparisonCall, sides: Arms<Side>): Command[] {
  const compare = [`bootlap compare ${quoted(words.a)} ${quoted(words.b)}`, ...options];
  return [
    { title: 'The comparison of what was measured', parts: compare },
    { title: 'The measurement of A', parts: reproduceCommand(requestOf(sides.a)) },
    { title: 'The measurement of B', parts: reproduceCommand(requestOf(sides.b)) },
  ];
}

function requestOf({ summary, samples, timeout }: Side): ReproduceRequest {
  const { seed } = summary.measured;
  return { summary, plan: { ...blocksOf(samples), seed }, ...(timeout === undefined ? {} : { timeout }) };
}

/** Boots of each kind: there is one in each block. */
function blocksOf(samples: readonly Sample[]): { boots: number; warmup: number } {
  const warm = new Set(samples.filter(({ warmup }) => warmup).map(({ block }) => block)).size;
  return { boots: new Set(samples.map(({ block }) => block)).size - warm, warmup: warm };
}
