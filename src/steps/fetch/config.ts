import { isDigest, type Digest } from '../../core/digest.js';
import type { Failure } from '../../core/failure.js';
import type { OtherConfigs } from '../../core/failures/network.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Component, OutputReference, Step, StepContext } from '../../core/step.js';
import { attempt } from '../../system/files.js';
import { MOST_CONFIG_BYTES, whyNoConfig } from '../configure/config-file.js';
import type { FetchedConfigPlan } from '../pin/config.js';
import { readPin } from '../pin-document.js';
import { copyInto } from './shape.js';

/**
 * `fetch:<component>-config`: the `.config` at an address (output `config`), checked against the recipe's digest or the
 * pin's. Where it comes from makes no difference to what it is.
 * Fails with `config-unavailable`, `digest-mismatch` or `offline`, with what would do without it.
 */
export function fetchConfig(plan: FetchedConfigPlan): Step {
  const { component, config } = plan;
  const { sha256 } = config;
  return {
    name: `fetch:${component}-config`,
    title: `fetch the .config of the ${component} (${config.url})`,
    lane: 'network',
    inputs: {
      params: { kind: 'config', sha256 },
      files: {},
      upstream: sha256 === undefined ? [pinReference(component)] : [],
      tools: [],
      env: [],
    },
    outputs: { config: { path: 'base.config', kind: 'file' } },
    run: (context) => run(plan, context),
  };
}

/** The output of the step that fetches a component's `.config`. */
export function fetchedConfigOutput(component: Component): OutputReference {
  return { step: `fetch:${component}-config`, output: 'config' };
}

function pinReference(component: Component): OutputReference {
  return { step: `pin:${component}-config`, output: 'pin' };
}

async function run(plan: FetchedConfigPlan, context: StepContext): Promise<Result<void, Failure>> {
  const sha256 = digestOf(plan, context);
  const got = sha256.ok ? await download(plan, context, sha256.value) : sha256;
  return got.ok ? copyInto(got.value, context.output('config')) : got;
}

function digestOf({ component, config }: FetchedConfigPlan, context: StepContext): Result<Digest, Failure> {
  const { sha256 } = config;
  if (sha256 !== undefined && !isDigest(sha256)) {
    throw new Error(`the recipe's check let "${sha256}" through as a digest`);
  }
  if (sha256 !== undefined) {
    return success(sha256);
  }
  const { step, output } = pinReference(component);
  const pin = readPin(context.upstream(step, output), 'config');
  return pin.ok ? success(pin.value.sha256) : pin;
}

/** Gives the path of the finished download. */
async function download(
  plan: FetchedConfigPlan,
  context: StepContext,
  sha256: Digest,
): Promise<Result<string, Failure>> {
  const { config } = plan;
  const { downloadFile, finishedDownload } = await import('../../system/download.js');
  const folder = context.folders.downloads;
  const here = finishedDownload(folder, sha256);
  if (context.offline && here.ok && here.value === undefined) {
    return failed({ reason: 'offline', what: `the .config at ${config.url}`, ...wayOut(plan) });
  }
  const got = await downloadFile({
    name: `the .config at ${config.url}`,
    urls: [config.url, ...config.mirrors],
    sha256,
    mostBytes: MOST_CONFIG_BYTES,
    folder,
    signal: context.signal,
  });
  return got.ok ? checked(plan, got.value) : failed(withWayOut(plan, got.failure));
}

/** A digest in a recipe may be that of a page that was taken for the file. */
function checked(plan: FetchedConfigPlan, path: string): Result<string, Failure> {
  const unfit = attempt(path, () => whyNoConfig(path));
  if (!unfit.ok || unfit.value === undefined) {
    return unfit.ok ? success(path) : unfit;
  }
  const { component, config } = plan;
  const attempts = [{ url: config.url, detail: unfit.value }];
  return failed({ reason: 'config-unavailable', component, attempts, ...wayOut(plan) });
}

function withWayOut(plan: FetchedConfigPlan, failure: Failure): Failure {
  switch (failure.reason) {
    case 'download-failed':
      return {
        reason: 'config-unavailable',
        component: plan.component,
        attempts: failure.attempts,
        ...wayOut(plan),
      };
    case 'digest-mismatch':
      return {
        ...failure,
        ...(plan.config.sha256 === undefined ? { heldIn: 'bootlap.lock' } : {}),
        ...wayOut(plan),
      };
    default:
      return failure;
  }
}

function wayOut({ instead }: FetchedConfigPlan): { readonly instead?: OtherConfigs } {
  return instead === undefined ? {} : { instead };
}
