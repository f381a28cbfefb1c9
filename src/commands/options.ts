import type { Command } from 'commander';
import type { Step } from '../core/step.js';

/** The options that choose a recipe and a workspace, the same for every command that has them. */
export interface RecipeOptions extends WorkspaceOption {
  readonly set: readonly string[];
  readonly with: readonly string[];
  readonly frozen?: true;
}

export interface WorkspaceOption {
  readonly workspace?: string;
}

/** How a run is shown, and whether it waits for another one. */
export interface ViewOptions {
  readonly json?: true;
  readonly verbose?: true;
  /** False for `--no-wait`. */
  readonly wait: boolean;
}

/** Where a JUnit file of what was done goes. */
export interface JunitOption {
  readonly junit?: string;
}

/** Which shared cache is used, and how. What is missing is looked up in the environment. */
export interface SharedCacheOptions {
  readonly remoteCache?: string;
  readonly remoteCacheMode?: string;
  readonly remoteCacheKey?: string;
  readonly remoteCacheInsecure?: true;
  /** Files with public keys. */
  readonly trust?: readonly string[];
}

/** How builds are made. */
export interface CcacheOption {
  /** False for `--no-ccache`. */
  readonly ccache?: boolean;
}

/** The options of `run` that `fetch` has too. */
export interface ExecutionOptions extends RecipeOptions, ViewOptions, JunitOption, SharedCacheOptions, CcacheOption {
  readonly jobs?: string;
  readonly clean?: true;
  readonly update?: true;
}

/** The recipe that a command works on when none is named. */
export const DEFAULT_RECIPE = 'stock';

/** Adds `--set`, `--with`, `--frozen` and `--workspace`. */
export function addRecipeOptions(command: Command): Command {
  return addWorkspaceOption(
    command
      .option('--set <key=value>', 'set a value of the recipe, such as measure.boots=50 (repeatable)', collect, [])
      .option(
        '--with <component=path>',
        'build a local working tree instead, such as kernel=~/linux (repeatable)',
        collect,
        [],
      )
      .option('--frozen', 'move no pin and make no new one: what is not pinned is a failure'),
  );
}

/** Adds what `run` and `fetch` share. */
export function addExecutionOptions(command: Command): Command {
  return addViewOptions(
    addSharedCacheOptions(addJunitOption(addRecipeOptions(command)))
      .option('--update', 'look for newer packages, commits and fetched files, and hold those from then on')
      .option('--jobs <n>', 'how many jobs all builds together may run (default: one for each processor)')
      .option('--clean', 'throw kept trees and unfinished work away first')
      .option('--no-ccache', 'call compilers without ccache (default: with it, where it is installed)'),
  );
}

/** Adds what chooses a shared cache: for every command that runs steps which others may have run. */
export function addSharedCacheOptions(command: Command): Command {
  const options = [
    command.createOption('--remote-cache <url>', 'share results there (default: $BOOTLAP_REMOTE_CACHE)'),
    command.createOption(
      '--remote-cache-mode <mode>',
      'read, write or readwrite (default: what the keys allow; read in pull requests)',
    ),
    command
      .createOption('--trust <pub>', 'public key whose signature makes a shared result count (repeatable)')
      .argParser(collect)
      .default([], '$BOOTLAP_TRUST'),
    command.createOption(
      '--remote-cache-key <file>',
      'private key that signs what is shared (default: $BOOTLAP_REMOTE_CACHE_KEY)',
    ),
    command.createOption('--remote-cache-insecure', 'allow plain http:// to another machine'),
  ];
  options.forEach((option) => command.addOption(option.helpGroup('Shared cache:')));
  return command;
}

/** Adds `--junit`. */
export function addJunitOption(command: Command): Command {
  return command.option('--junit <file>', 'write the steps, and gates, as tests into a JUnit XML file');
}

/** Adds `--no-wait`, `--json` and `--verbose`. */
export function addViewOptions(command: Command): Command {
  return command
    .option('--no-wait', 'fail at once when another run holds the workspace')
    .option('--json', 'print events, one JSON object a line (docs/events.md)')
    .option('--verbose', 'show what the programs print');
}

/** Adds `--workspace`. */
export function addWorkspaceOption(command: Command): Command {
  return command.option(
    '--workspace <dir>',
    'where everything is kept (default: $BOOTLAP_WORKSPACE, else ./workspace)',
  );
}

/** What `--update` forces: every pin. A recipe without one is as new as it can be. */
export function forcedByUpdate(steps: readonly Step[], { update }: ExecutionOptions): string[] {
  return update === true ? steps.flatMap(({ name }) => (name.startsWith('pin:') ? [name] : [])) : [];
}

/** Gathers the values of an option that may be given several times. */
export function collect(value: string, values: readonly string[]): string[] {
  return [...values, value];
}
