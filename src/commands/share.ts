import { join, resolve } from 'node:path';
import type { Failure } from '../core/failure.js';
import type { Usage } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { PipelineRequest } from '../engine/index.js';
import type { MailboxOpening, ShareWish } from '../remote/open.js';
import type { Recipe } from '../recipe/schema.js';
import { isPullRequest } from '../system/ci.js';
import { environmentVariable, workingFolder } from '../system/environment.js';
import type { SharedCacheOptions } from './options.js';
import { userConfig } from './user-config.js';

/** What is asked of a run's pipeline. */
interface Sharing {
  readonly workspace: string;
  readonly resolved?: Pick<Recipe, 'remote-cache'>;
  /** Folder for what is half-made; without it the workspace's. */
  readonly scratch?: string;
}

/** What somebody says of the shared cache, on the command line or elsewhere. */
interface Saying {
  readonly url?: string | undefined;
  readonly mode?: string | undefined;
  readonly trust?: readonly string[] | undefined;
  readonly key?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/**
 * How a run shares its results, by the command line, else the environment, else what the user has set for all runs, else
 * the recipe; `undefined` where it does not.
 */
export async function shareFor(
  options: SharedCacheOptions,
  sharing: Sharing,
): Promise<Result<PipelineRequest['share'], Failure>> {
  const wish = await wishFor(options, sharing);
  if (!wish.ok || wish.value === undefined) {
    return wish.ok ? success(undefined) : wish;
  }
  const { openShare } = await import('../remote/open.js');
  return openShare(wish.value);
}

/** A mailbox in the shared cache that is meant without a recipe. Fails with `usage` where there is none to read and write. */
export async function mailboxFor(workspace: string): Promise<Result<MailboxOpening, Failure>> {
  const wish = await wishFor({}, { workspace });
  if (!wish.ok) {
    return wish;
  }
  if (wish.value === undefined) {
    return failed({
      reason: 'usage',
      message: 'results are to travel through the shared cache, and none is named on this host',
      hint: 'set BOOTLAP_REMOTE_CACHE and BOOTLAP_REMOTE_CACHE_KEY here, or "remote-cache:" in the configuration of the user',
    });
  }
  const { openMailbox } = await import('../remote/open.js');
  return openMailbox(wish.value);
}

async function wishFor(
  options: SharedCacheOptions,
  { workspace, resolved, scratch = join(workspace, 'staging') }: Sharing,
): Promise<Result<ShareWish | undefined, Failure>> {
  const now = [ofCommandLine(options), ofEnvironment()];
  const config = isKeyInSight(options) ? failed(KEY_IN_SIGHT) : await userConfig(workspace);
  if (!config.ok) {
    return config;
  }
  const usual: Saying = config.value['remote-cache'] ?? {};
  const ofRecipe: Saying = resolved?.['remote-cache'] ?? {};
  const own = first([...now, usual], 'url');
  const url = own ?? ofRecipe.url ?? '';
  if (url === '') {
    return success(undefined);
  }
  return success({
    url,
    addressOf: own === undefined ? 'recipe' : 'user',
    mode: first(now, 'mode') ?? usualMode([usual, ofRecipe]),
    trust: trusted([...now, usual, ofRecipe]),
    key: first([...now, usual], 'key'),
    isInsecure: [ofCommandLine(options), usual].some(
      (saying) => saying.insecure === true && (saying.url ?? url) === url,
    ),
    scratch,
    memory: join(workspace, 'state', 'shared'),
    workingFolder: workingFolder(),
  });
}

/** The command line is kept in the record of a run, and others see it while the run goes on. */
function isKeyInSight({ remoteCacheKey = '' }: SharedCacheOptions): boolean {
  return remoteCacheKey.includes('PRIVATE KEY');
}

const KEY_IN_SIGHT: Usage = {
  reason: 'usage',
  message: '--remote-cache-key holds a private key, and others can read a command line',
  hint: 'name the file that holds it, or put it into BOOTLAP_REMOTE_CACHE_KEY',
};

/** What is meant for all runs does not hold for a pull request, nor does a recipe, whose author may have changed it. */
function usualMode(sayings: readonly Saying[]): string | undefined {
  return isPullRequest() ? 'read' : first(sayings, 'mode');
}

/** Of the first who names any: who trusts somebody for now does not mean others as well. */
function trusted(sayings: readonly Saying[]): readonly string[] {
  const files = sayings.map(({ trust = [] }) => trust).find((paths) => paths.length > 0) ?? [];
  return files.map((path) => resolve(workingFolder(), path));
}

function first<K extends keyof Saying>(sayings: readonly Saying[], key: K): Saying[K] {
  return sayings.map((saying) => saying[key]).find((value) => value !== undefined);
}

function ofCommandLine(options: SharedCacheOptions): Saying {
  const { remoteCache, remoteCacheMode, remoteCacheKey, remoteCacheInsecure, trust } = options;
  return { url: remoteCache, mode: remoteCacheMode, key: remoteCacheKey, insecure: remoteCacheInsecure, trust };
}

function ofEnvironment(): Saying {
  return {
    // An empty one shares nothing, whatever the recipe says.
    url: environmentVariable('BOOTLAP_REMOTE_CACHE'),
    mode: set('BOOTLAP_REMOTE_CACHE_MODE'),
    key: set('BOOTLAP_REMOTE_CACHE_KEY'),
    trust: (set('BOOTLAP_TRUST') ?? '').split(':').filter((path) => path !== ''),
  };
}

function set(name: string): string | undefined {
  const value = environmentVariable(name);
  return value === '' ? undefined : value;
}
