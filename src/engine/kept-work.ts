import { join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { Step, StepName } from '../core/step.js';
import { evaluateAll } from './evaluate.js';
import { seriesOf } from './fingerprint.js';
import { inOrder } from './order.js';
import { cachedResult } from './result.js';
import { openSession } from './session.js';
import { workspaceAt } from './workspace.js';

/** Asks for the work that a step could go on with. */
export interface KeptWorkRequest {
  /** The recipe's name. */
  readonly recipe: string;
  readonly steps: readonly Step[];
  /** Absolute path. */
  readonly workspace: string;
  readonly step: StepName;
}

/**
 * The folder in which a step would find its earlier work, as things stand; it need not be there. `undefined` where
 * something that the step reads has to be made first.
 */
export async function keptWorkFolder({ recipe, steps, workspace, step }: KeptWorkRequest): Promise<string | undefined> {
  const places = workspaceAt(workspace);
  const session = await openSession(places, recipe, inOrder(steps));
  const found = evaluateAll(session, new Set()).get(step);
  return found?.inputs === undefined ? undefined : join(places.resume, seriesOf(found.step, found.inputs));
}

/**
 * The same for a step whose result is known by its fingerprint: reads one record instead of asking for every step.
 * `undefined` where the cache has no such result.
 */
export function keptWorkOf(workspace: string, step: Step, fingerprint: Digest): string | undefined {
  const places = workspaceAt(workspace);
  const result = cachedResult(places, fingerprint);
  return result === undefined ? undefined : join(places.resume, seriesOf(step, result.inputs));
}
