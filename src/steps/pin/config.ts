import type { Digest } from '../../core/digest.js';
import type { Failure } from '../../core/failure.js';
import type { OtherConfigs } from '../../core/failures/network.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { LockEntry } from '../../recipe/lock-document.js';
import type { FetchedConfig } from '../../recipe/schema.js';
import { MOST_CONFIG_BYTES, whyNoConfig } from '../configure/config-file.js';
import type { Pin } from '../pin-document.js';
import { movement, pinShape } from './shape.js';

/** A `.config` at an address. */
export interface FetchedConfigPlan {
  /** The component that is configured with it. */
  readonly component: Component;
  readonly config: FetchedConfig;
  /** What bootlap.lock holds of it. */
  readonly held?: LockEntry | undefined;
  /** Configurations of the recipe that would do without it. */
  readonly instead?: OtherConfigs | undefined;
}

/**
 * `pin:<component>-config`: the digest of a `.config` that the recipe does not give. It is found out by the first
 * download and held from then on; a forced step downloads anew. What came stays among the downloads for the fetch.
 */
export function pinConfig(plan: FetchedConfigPlan): Step {
  const { component, config, instead } = plan;
  const sha256 = heldDigest(plan);
  return pinShape({
    of: `${component}-config`,
    title: `settle the .config of the ${component} (${config.url})`,
    params: { kind: 'config', url: config.url },
    settled:
      sha256 === undefined
        ? undefined
        : { pin: { kind: 'config', sha256 }, because: 'bootlap.lock holds another digest' },
    find: (context) => download(plan, context),
    offline: () => ({ reason: 'offline', what: `the .config at ${config.url}`, ...(instead && { instead }) }),
  });
}

function heldDigest({ held }: FetchedConfigPlan): Digest | undefined {
  return held !== undefined && 'sha256' in held ? held.sha256 : undefined;
}

async function download(plan: FetchedConfigPlan, context: StepContext): Promise<Result<Pin, Failure>> {
  const { component, config, instead } = plan;
  const { downloadUnknown } = await import('../../system/download-unknown.js');
  const got = await downloadUnknown({
    name: `.config of the ${component}`,
    urls: [config.url, ...config.mirrors],
    folder: context.folders.downloads,
    scratch: context.scratchFolder,
    mostBytes: MOST_CONFIG_BYTES,
    whyUnfit: whyNoConfig,
    signal: context.signal,
  });
  if (!got.ok) {
    const { failure } = got;
    return failure.reason === 'download-failed'
      ? failed({ reason: 'config-unavailable', component, attempts: failure.attempts, ...(instead && { instead }) })
      : got;
  }
  context.news(movement(`${component}-config: ${config.url}`, heldDigest(plan), got.value));
  return success({ kind: 'config', sha256: got.value });
}
