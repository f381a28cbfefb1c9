import type { Failure } from '../core/failure.js';
import type { NotPinned, UnpinnedSource } from '../core/failures/recipe.js';
import type { Json } from '../core/json.js';
import { failed } from '../core/result.js';
import type { Step } from '../core/step.js';
import { planPipeline, type Selection } from '../engine/index.js';

/** What `--frozen` looks at. */
export interface FrozenPipeline {
  readonly recipe: { readonly name: string };
  readonly steps: readonly Step[];
  readonly workspace: string;
}

/**
 * Why these steps may not run while pins are frozen: the failure that names every source among them whose version
 * would have to be settled first. `undefined` where all are.
 */
export async function frozenRefusal(pipeline: FrozenPipeline, selection: Selection): Promise<Failure | undefined> {
  const { recipe, steps, workspace } = pipeline;
  const planned = await planPipeline({ recipe: recipe.name, steps, workspace, selection });
  if (!planned.ok) {
    return planned.failure;
  }
  const pins = planned.value.filter(({ step, selected }) => selected && isPin(step));
  if (pins.some(({ because }) => because.includes('it is forced to run'))) {
    return { reason: 'usage', message: '--frozen lets no pin move', hint: 'leave --update and --force of pins away' };
  }
  const open = pins.filter(({ step, state }) => !isSettled(step) && !(isPackage(step) && state !== 'stale'));
  return open.length === 0 ? undefined : { reason: 'not-pinned', pins: open.map(({ step }) => describe(step)) };
}

/** The steps with pins that refuse to be settled, whatever becomes of what the cache has of them. */
export function frozenSteps(steps: readonly Step[]): Step[] {
  return steps.map((step) =>
    isPin(step) && !isSettled(step) ? { ...step, run: () => Promise.resolve(failed(refusalOf(step))) } : step,
  );
}

function refusalOf(step: Step): NotPinned {
  return { reason: 'not-pinned', pins: [describe(step)] };
}

function isPin({ name }: Step): boolean {
  return name.startsWith('pin:');
}

/** The recipe or bootlap.lock says which bytes, or the recipe which version. */
function isSettled(step: Step): boolean {
  return step.held !== undefined || (isPackage(step) && step.inputs.params['version'] !== undefined);
}

function isPackage({ inputs }: Step): boolean {
  return inputs.params['kind'] === 'apt' || inputs.params['kind'] === 'apt-source';
}

function describe({ name, inputs }: Step): UnpinnedSource {
  const { kind, git, branch, url, package: packageName } = inputs.params;
  const of = name.slice('pin:'.length);
  switch (kind) {
    case 'git':
      return { of, kind: 'commit', what: `${text(branch)} of ${text(git)}` };
    case 'config':
      return { of, kind: 'config', what: text(url) };
    default:
      return { of, kind: 'package', what: text(packageName) };
  }
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
