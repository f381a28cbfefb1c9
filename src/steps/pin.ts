import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import type { JsonObject } from '../core/json.js';
import { failed, success, type Result } from '../core/result.js';
import type { Component, OutputReference, Step, StepContext } from '../core/step.js';
import type { GitSource, Source } from '../recipe/schema.js';
import type { Apt } from '../system/apt.js';
import type { PackageWish } from '../system/apt-resolve.js';
import { readDistribution } from '../system/distribution.js';
import { writePin, type Pin } from './pin-document.js';

/** What is to be pinned. */
export interface PinPlan {
  readonly component: Component;
  readonly source: Source;
}

/**
 * `pin:<component>`: settles which version of a source is taken, and which bytes that is. A source that names its
 * bytes itself, or has none to fetch, needs no such step: `undefined`.
 *
 * Once settled it stays, until the step is forced.
 */
export function pinStep({ component, source }: PinPlan): Step | undefined {
  if ('apt' in source) {
    return packagePin({ component, kind: 'apt', wish: wishFor(source.apt, source.version), find: pinBinary });
  }
  if ('apt-source' in source) {
    const wish = wishFor(source['apt-source'], source.version);
    return packagePin({ component, kind: 'apt-source', wish, find: pinSource });
  }
  return 'git' in source && source.commit === undefined ? gitPin(component, source) : undefined;
}

/** The output of the pin step of a component. */
export function pinOutput(component: Component): OutputReference {
  return { step: `pin:${component}`, output: 'pin' };
}

interface PinParts {
  readonly component: Component;
  readonly what: string;
  readonly params: JsonObject;
  find(context: StepContext): Promise<Result<Pin, Failure>>;
}

function step(parts: PinParts): Step {
  return {
    name: `pin:${parts.component}`,
    title: `settle the version of the ${parts.component} (${parts.what})`,
    lane: 'network',
    inputs: { params: parts.params, files: {}, upstream: [], tools: [], env: [] },
    outputs: { pin: { path: 'pin.json', kind: 'file' } },
    run: (context) => pin(parts, context),
  };
}

async function pin(parts: PinParts, context: StepContext): Promise<Result<void, Failure>> {
  if (context.offline) {
    return failed({ reason: 'offline', what: `the newest version of ${parts.what}` });
  }
  const found = await parts.find(context);
  if (!found.ok) {
    return found;
  }
  context.log.line(JSON.stringify(found.value));
  return writePin(context.output('pin'), found.value);
}

interface PackagePin {
  readonly component: Component;
  readonly kind: 'apt' | 'apt-source';
  readonly wish: PackageWish;
  find(apt: Apt, wish: PackageWish): Promise<Result<Pin, Failure>>;
}

function packagePin(asked: PackagePin): Step {
  const { id, version } = readDistribution();
  return step({
    component: asked.component,
    what: asked.wish.package,
    params: { ...asked.wish, kind: asked.kind, distribution: { id, version } },
    find: (context) => findAfterUpdate(asked, context),
  });
}

/** The private apt of a step's run. */
export function aptFor(neededBy: string, context: StepContext): Apt {
  return { folder: context.folders.apt, session: context.runFolder, neededBy, signal: context.signal };
}

/** One place of several that does not answer spoils nothing, as long as the package is found. */
async function findAfterUpdate(asked: PackagePin, context: StepContext): Promise<Result<Pin, Failure>> {
  const apt = aptFor(`pin:${asked.component}`, context);
  const { updateApt } = await import('../system/apt.js');
  const updated = await updateApt(apt);
  if (updated.ok) {
    return asked.find(apt, asked.wish);
  }
  const found = updated.failure.reason === 'package-fetch-failed' ? await asked.find(apt, asked.wish) : updated;
  if (!found.ok) {
    return updated;
  }
  context.notice('warning', `apt could not fetch every package list: ${firstLine(updated.failure)}`);
  return found;
}

function firstLine(failure: Failure): string {
  return failure.reason === 'package-fetch-failed' ? (failure.detail.split('\n')[0] ?? '') : failure.reason;
}

async function pinBinary(apt: Apt, wish: PackageWish): Promise<Result<Pin, Failure>> {
  const { resolveBinary } = await import('../system/apt-resolve.js');
  const found = await resolveBinary(apt, wish);
  return found.ok ? success({ kind: 'apt', ...found.value }) : found;
}

async function pinSource(apt: Apt, wish: PackageWish): Promise<Result<Pin, Failure>> {
  const { resolveSource } = await import('../system/apt-resolve.js');
  const found = await resolveSource(apt, wish);
  return found.ok ? success({ kind: 'apt-source', ...found.value }) : found;
}

function wishFor(name: string, version: string | undefined): PackageWish {
  return { package: name, ...(version === undefined ? {} : { version }) };
}

function gitPin(component: Component, source: GitSource): Step {
  return step({
    component,
    what: `${source.git} ${source.branch}`,
    params: { kind: 'git', git: source.git, branch: source.branch },
    find: async (context) => {
      const use = { folder: join(context.scratchFolder, 'git'), neededBy: `pin:${component}`, signal: context.signal };
      const { findTip } = await import('../system/git-fetch.js');
      const tip = await findTip(use, { urls: [source.git, ...source.mirrors], branch: source.branch });
      return tip.ok ? success({ kind: 'git', commit: tip.value }) : tip;
    },
  });
}
