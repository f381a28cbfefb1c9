import type { Failure } from '../core/failure.js';
import { failed, type Result } from '../core/result.js';
import { COMPONENTS, type StepContext } from '../core/step.js';
import { readKvmAccess } from '../measure/host.js';
import { probe } from '../measure/probe.js';
import { locateVm } from '../measure/vm-files.js';
import { rigOf } from '../measure/vm-rig.js';
import type { Recipe } from '../recipe/schema.js';
import { attempt, writeFileAtomically } from '../system/files.js';

/** The work of `probe`. */
export async function runProbe(recipe: Recipe, context: StepContext): Promise<Result<void, Failure>> {
  const files = locateVm(recipe, context);
  if (!files.ok) {
    return failed(files.failure);
  }
  const record = await probe(rigOf(recipe, files.value, context), {
    method: recipe.measure.method,
    kvm: readKvmAccess(),
    built: COMPONENTS.some((component) => recipe[component].build !== undefined),
    notice: (level, text) => context.notice(level, text),
    log: (line) => context.log.line(line),
    progress: (done, total) => context.progress({ done, total, unit: 'boots' }),
  });
  if (!record.ok) {
    return failed(record.failure);
  }
  const path = context.output('probe');
  return attempt(path, () => writeFileAtomically(path, `${JSON.stringify(record.value, undefined, 2)}\n`));
}
