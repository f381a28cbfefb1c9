import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { LockEntry } from '../../recipe/lock-document.js';
import type { GitSource } from '../../recipe/schema.js';
import type { GitPin, Pin } from '../pin-document.js';
import { movement, pinShape, type PinParts } from './shape.js';

/** A branch whose commit is settled. */
export interface CommitPlan {
  readonly component: Component;
  readonly source: GitSource;
  readonly held?: LockEntry | undefined;
}

/**
 * The commit that bootlap.lock holds, else the recipe's, else the tip of the branch. A forced step asks for the tip
 * whatever is held, which is how a branch is followed.
 */
export function pinCommit(plan: CommitPlan): Step {
  const { component, source } = plan;
  const { git, branch, commit, tree } = source;
  return pinShape({
    of: component,
    title: `settle the commit of the ${component} (${git} ${branch}${commit === undefined ? '' : `, pinned at ${commit.slice(0, 12)}`})`,
    params: { kind: 'git', git, branch, commit, tree },
    settled: settled(plan),
    find: (context) => findTip(plan, context),
    offline: () => ({ reason: 'offline', what: `the tip of ${branch} of ${git}` }),
  });
}

function settled({ source, held }: CommitPlan): PinParts['settled'] {
  if (held !== undefined && 'commit' in held) {
    return { pin: pinOf(source, held.commit), because: 'bootlap.lock holds another commit' };
  }
  return source.commit === undefined
    ? undefined
    : { pin: pinOf(source, source.commit), because: "the recipe's commit is taken again: bootlap.lock holds no other" };
}

/** The recipe's tree is the tree of the recipe's commit, and of no other. */
function pinOf(source: GitSource, commit: string): GitPin {
  const tree = commit === source.commit ? source.tree : undefined;
  return { kind: 'git', commit, ...(tree === undefined ? {} : { tree }) };
}

async function findTip(plan: CommitPlan, context: StepContext): Promise<Result<Pin, Failure>> {
  const { component, source } = plan;
  const use = { folder: join(context.scratchFolder, 'git'), neededBy: `pin:${component}`, signal: context.signal };
  const git = await import('../../system/git-fetch.js');
  const tip = await git.findTip(use, { urls: [source.git, ...source.mirrors], branch: source.branch });
  if (!tip.ok) {
    return tip;
  }
  context.news(movement(`${component}: ${source.branch}`, commitOf(settled(plan)?.pin), tip.value));
  return success(pinOf(source, tip.value));
}

function commitOf(pin: Pin | undefined): string | undefined {
  return pin?.kind === 'git' ? pin.commit : undefined;
}
