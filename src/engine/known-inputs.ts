import { digestJson, type Digest } from '../core/digest.js';
import type { ToolMissing } from '../core/failures/host.js';
import type { JsonObject } from '../core/json.js';
import { failed, success, type Result } from '../core/result.js';
import type { StepName } from '../core/step.js';
import type { FileFailure } from '../system/files.js';
import { fingerprintOf, inputsOf } from './fingerprint.js';
import { inOrder } from './order.js';
import type { PlanRequest } from './plan.js';
import { openSession } from './session.js';
import { workspaceAt } from './workspace.js';

/**
 * A digest for each step of what its result depends on, as far as that is known before anything has run: like its
 * fingerprint, with the digests of the steps before it in the place of their outputs. What a lock holds counts.
 * Equal ones have equal results, but for what only the network could tell. Fails where an input or a tool is missing.
 */
export async function knownInputs(
  request: Pick<PlanRequest, 'recipe' | 'steps' | 'workspace'>,
): Promise<Result<ReadonlyMap<StepName, Digest>, ToolMissing | FileFailure>> {
  const steps = inOrder(request.steps);
  const { digests, tools } = await openSession(workspaceAt(request.workspace), request.recipe, steps);
  const known = new Map<StepName, Digest>();
  for (const step of steps) {
    const upstreamDigest = (reference: { readonly step: StepName; readonly output: string }): Digest =>
      digestJson('known output', { step: known.get(reference.step) ?? '', output: reference.output });
    const inputs = inputsOf(step, { digests, tools, upstreamDigest });
    if (!inputs.ok) {
      return failed(inputs.failure);
    }
    const held: JsonObject = { ...step.held?.digests };
    known.set(step.name, digestJson('known inputs', { inputs: fingerprintOf(inputs.value), held }));
  }
  return success(known);
}
