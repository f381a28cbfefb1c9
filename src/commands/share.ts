import { join, resolve } from 'node:path';
import type { Failure } from '../core/failure.js';
import { success, type Result } from '../core/result.js';
import type { PipelineRequest } from '../engine/index.js';
import type { Recipe } from '../recipe/schema.js';
import { isPullRequest } from '../system/ci.js';
import { environmentVariable, workingFolder } from '../system/environment.js';
import type { SharedCacheOptions } from './options.js';

/** What is asked of a run's pipeline. */
interface Sharing {
  readonly workspace: string;
  readonly resolved?: Pick<Recipe, 'remote-cache'>;
  /** Folder for what is half-made; without it the workspace's. */
  readonly scratch?: string;
}

/** How a run shares its results, by the command line, else the environment, else the recipe; `undefined` where it does not. */
export async function shareFor(
  options: SharedCacheOptions,
  { workspace, resolved, scratch = join(workspace, 'staging') }: Sharing,
): Promise<Result<PipelineRequest['share'], Failure>> {
  const ofRecipe = resolved?.['remote-cache'];
  const own = options.remoteCache ?? environmentVariable('BOOTLAP_REMOTE_CACHE');
  const url = own ?? ofRecipe?.url ?? '';
  if (url === '') {
    return success(undefined);
  }
  const { openShare } = await import('../remote/open.js');
  return openShare({
    url,
    addressOf: own === undefined ? 'recipe' : 'user',
    mode: modeOf(options, ofRecipe?.mode),
    trust: trustedFiles(options, ofRecipe?.trust ?? []).map((path) => resolve(workingFolder(), path)),
    key: keyOf(options),
    isInsecure: options.remoteCacheInsecure === true,
    scratch,
    memory: join(workspace, 'state', 'shared'),
    workingFolder: workingFolder(),
  });
}

/** What a recipe says does not hold for a pull request, whose author may have changed it. */
function modeOf({ remoteCacheMode }: SharedCacheOptions, ofRecipe: string | undefined): string | undefined {
  return remoteCacheMode ?? set('BOOTLAP_REMOTE_CACHE_MODE') ?? (isPullRequest() ? 'read' : ofRecipe);
}

function keyOf({ remoteCacheKey }: SharedCacheOptions): string | undefined {
  return remoteCacheKey ?? set('BOOTLAP_REMOTE_CACHE_KEY');
}

function trustedFiles({ trust = [] }: SharedCacheOptions, ofRecipe: readonly string[]): readonly string[] {
  const ofEnvironment = (set('BOOTLAP_TRUST') ?? '').split(':').filter((path) => path !== '');
  return [trust, ofEnvironment].find((paths) => paths.length > 0) ?? ofRecipe;
}

function set(name: string): string | undefined {
  const value = environmentVariable(name);
  return value === '' ? undefined : value;
}
