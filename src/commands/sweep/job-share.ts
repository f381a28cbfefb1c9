import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { Step } from '../../core/step.js';
import type { OfferedResult, PipelineRequest, SharedResults } from '../../engine/index.js';
import { folderStore } from '../../remote/folder-store.js';
import { sharedCache } from '../../remote/shared-cache.js';
import { remove } from '../../system/files.js';
import { readPrivateKey, readPublicKey, writeKeys } from '../../system/keys.js';
import { shareFor } from '../share.js';

type Share = NonNullable<PipelineRequest['share']>;

/** Makes the pair of keys by which the jobs of a sweep know each other's results. */
export function makeSweepKeys(sweepFolder: string): Result<void, Failure> {
  const path = join(sweepFolder, 'store');
  if (existsSync(`${path}.pub`)) {
    return success(undefined);
  }
  // The public one is written last: one without it is of somebody who was killed, and nobody has it.
  remove(`${path}.key`);
  const written = writeKeys(path);
  return written.ok ? success(undefined) : written;
}

/** Where components of a sweep lie that its jobs have built; no such folder where nothing has been built elsewhere. */
export function storeOf(sweepFolder: string): string {
  return join(sweepFolder, 'store');
}

/**
 * How the jobs of a sweep share what they build: by a store in the sweep's folder, and by the shared cache of this host
 * where it has one. Fails as keys and options do.
 */
export async function sweepShare({ sweepFolder, workspace, memory }: JobShare): Promise<Result<Share, Failure>> {
  const own = readPrivateKey(join(sweepFolder, 'store.key'));
  if (!own.ok) {
    return own;
  }
  const trusted = readPublicKey(join(sweepFolder, 'store.pub'));
  if (!trusted.ok) {
    return trusted;
  }
  const wide = await shareFor({}, { workspace });
  if (!wide.ok) {
    return wide;
  }
  const store = folderStore(storeOf(sweepFolder), "the sweep's folder");
  const common = {
    store,
    trusted: [trusted.value],
    signingKey: own.value,
    scratch: join(workspace, 'staging'),
    memory,
  };
  return success((tell, signal) => both(sharedCache({ ...common, tell, signal }), wide.value?.(tell, signal)));
}

/** What a job shares by. All absolute. */
interface JobShare {
  readonly sweepFolder: string;
  readonly workspace: string;
  /** Folder of this host for what is remembered of the store. */
  readonly memory: string;
}

/** What the sweep itself has comes first; what is made goes to both, but for what the sweep alone is about. */
function both(near: SharedResults, far: SharedResults | undefined): SharedResults {
  return {
    host: near.host,
    takesAll: true,
    find: async (key) => (await near.find(key)) ?? (isOwn(key) ? undefined : far?.find(key)),
    offer: (offered, since) => {
      near.offer(offered, since);
      if (!isOwn(offered) && isMadeHere(offered)) {
        far?.offer(offered, since);
      }
    },
    owed: () => [...near.owed(), ...(far?.owed() ?? [])],
    forget: (key) => {
      near.forget(key);
      far?.forget(key);
    },
    hush: async () => {
      await Promise.all([near.hush(), far?.hush()]);
    },
    resume: () => {
      near.resume();
      far?.resume();
    },
    finish: async () => {
      await near.finish();
      await far?.finish();
    },
  };
}

/** What somebody else has made, the whole or compilations in it, is not for us to sign for all the world. */
function isMadeHere({ record }: OfferedResult): boolean {
  const { from, holdsOthers } = record as { readonly from?: string; readonly holdsOthers?: boolean };
  return from === undefined && holdsOthers !== true;
}

function isOwn({ step }: { readonly step: string }): boolean {
  return step.startsWith('pin:');
}

/**
 * Steps as the jobs of a sweep run them: what is newest is asked for once in the sweep, so that all hosts build the same.
 * @param sweep its id
 */
export function withPinsShared(steps: readonly Step[], sweep: string): Step[] {
  return steps.map((step) =>
    isOwn({ step: step.name })
      ? { ...step, inputs: { ...step.inputs, params: { ...step.inputs.params, sweep } }, sharedWith: 'machines' }
      : step,
  );
}
