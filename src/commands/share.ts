import { join, resolve } from 'node:path';
import type { Failure } from '../core/failure.js';
import { success, type Result } from '../core/result.js';
import type { PipelineRequest } from '../engine/index.js';
import { isPullRequest } from '../system/ci.js';
import { environmentVariable, workingFolder } from '../system/environment.js';
import type { SharedCacheOptions } from './options.js';

/** How a run shares its results, by the command line, else the environment; `undefined` where it does not. */
export async function shareFor(
  options: SharedCacheOptions,
  { workspace }: { readonly workspace: string },
): Promise<Result<PipelineRequest['share'], Failure>> {
  const url = options.remoteCache ?? set('BOOTLAP_REMOTE_CACHE');
  if (url === undefined || url === '') {
    return success(undefined);
  }
  const { openShare } = await import('../remote/open.js');
  return openShare({
    url,
    mode: options.remoteCacheMode ?? set('BOOTLAP_REMOTE_CACHE_MODE'),
    trust: trustedFiles(options).map((path) => resolve(workingFolder(), path)),
    key: options.remoteCacheKey ?? set('BOOTLAP_REMOTE_CACHE_KEY'),
    isInsecure: options.remoteCacheInsecure === true,
    isPullRequest: isPullRequest(),
    scratch: join(workspace, 'staging'),
    workingFolder: workingFolder(),
  });
}

function trustedFiles({ trust = [] }: SharedCacheOptions): readonly string[] {
  return trust.length > 0 ? trust : (set('BOOTLAP_TRUST') ?? '').split(':').filter((path) => path !== '');
}

function set(name: string): string | undefined {
  const value = environmentVariable(name);
  return value === '' ? undefined : value;
}
