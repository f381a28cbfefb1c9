import type { Step } from '../core/step.js';
import { countBoots } from '../measure/boot-plan.js';
import { readHostIdentity } from '../measure/host.js';
import { vmInputs, vmUpstream } from '../measure/vm-files.js';
import type { Recipe } from '../recipe/schema.js';
import { bootParams, planRequest } from './boot-params.js';

/** What a measurement is made from. */
export interface MeasureOptions {
  readonly recipe: Recipe;
}

/**
 * `measure`: the timed boots. Outputs `samples` (`samples.ndjson`, one line a boot) and `measurement`
 * (`measurement.json`, {@link import('../measure/measurement-record.js').MeasurementRecord}). What was booted before a kill is not booted again.
 */
export function measureStep({ recipe }: MeasureOptions): Step {
  const { method } = recipe.measure;
  const plan = planRequest(recipe);
  const { boots, fewer, warmup, seed } = plan;
  return {
    name: 'measure',
    title: `boot ${countBoots(plan)} times`,
    lane: 'exclusive',
    inputs: {
      params: {
        ...bootParams(recipe),
        plan: { method, boots, ...(fewer === undefined ? {} : { fewer }), warmup, seed },
        maxFailed: recipe.measure['max-failed'],
        host: readHostIdentity(),
      },
      files: vmInputs(recipe),
      upstream: [{ step: 'probe', output: 'probe' }, ...vmUpstream(recipe)],
      tools: [],
      env: [],
    },
    outputs: {
      samples: { path: 'samples.ndjson', kind: 'file' },
      measurement: { path: 'measurement.json', kind: 'file' },
    },
    // Loaded only when boots have to be made: a run that finds them measured starts quicker.
    run: async (context) => (await import('./measure-run.js')).runMeasurement(recipe, context),
  };
}
