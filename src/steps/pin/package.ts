import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { Apt } from '../../system/apt.js';
import type { PackageWish } from '../../system/apt-resolve.js';
import { readDistribution } from '../../system/distribution.js';
import type { Pin } from '../pin-document.js';
import { pinShape } from './shape.js';

type Kind = 'apt' | 'apt-source';

/** The newest version of a package that the distribution has, or the one that the recipe names. */
export function pinPackage(
  component: Component,
  kind: Kind,
  named: { readonly package: string; readonly version: string | undefined },
): Step {
  const { id, version } = readDistribution();
  const wish = { package: named.package, ...(named.version === undefined ? {} : { version: named.version }) };
  return pinShape({
    of: component,
    title: `settle the version of the ${component} (${wish.package})`,
    params: { ...wish, kind, distribution: { id, version } },
    find: (context) => findAfterUpdate(aptFor(`pin:${component}`, context), { context, kind, wish }),
    offline: () => ({ reason: 'offline', what: `the newest version of ${wish.package}` }),
  });
}

/** The private apt of a step's run. */
export function aptFor(neededBy: string, context: StepContext): Apt {
  return { folder: context.folders.apt, session: context.runFolder, neededBy, signal: context.signal };
}

interface Asked {
  readonly context: StepContext;
  readonly kind: Kind;
  readonly wish: PackageWish;
}

/** One place of several that does not answer spoils nothing, as long as the package is found. */
async function findAfterUpdate(apt: Apt, { context, kind, wish }: Asked): Promise<Result<Pin, Failure>> {
  const find = kind === 'apt' ? findBinary : findSource;
  const { updateApt } = await import('../../system/apt.js');
  const updated = await updateApt(apt);
  if (updated.ok) {
    return find(apt, wish);
  }
  const found = updated.failure.reason === 'package-fetch-failed' ? await find(apt, wish) : updated;
  if (!found.ok) {
    return updated;
  }
  context.notice('warning', `apt could not fetch every package list: ${firstLine(updated.failure)}`);
  return found;
}

function firstLine(failure: Failure): string {
  return failure.reason === 'package-fetch-failed' ? (failure.detail.split('\n')[0] ?? '') : failure.reason;
}

async function findBinary(apt: Apt, wish: PackageWish): Promise<Result<Pin, Failure>> {
  const { resolveBinary } = await import('../../system/apt-resolve.js');
  const found = await resolveBinary(apt, wish);
  return found.ok ? success({ kind: 'apt', ...found.value }) : found;
}

async function findSource(apt: Apt, wish: PackageWish): Promise<Result<Pin, Failure>> {
  const { resolveSource } = await import('../../system/apt-resolve.js');
  const found = await resolveSource(apt, wish);
  return found.ok ? success({ kind: 'apt-source', ...found.value }) : found;
}
