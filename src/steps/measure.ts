import type { JsonObject } from '../core/json.js';
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
  return {
    name: 'measure',
    title: titleOf(recipe),
    lane: 'exclusive',
    inputs: {
      params: {
        ...bootParams(recipe),
        // Not the method: what comes of the one that is asked for is in the probe's output.
        plan: planParams(recipe),
        scheduling: schedulingParams(recipe),
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

/** How many boots `auto` comes to is only known after the probe. */
function titleOf(recipe: Recipe): string {
  const { method, boots } = recipe.measure;
  return method === 'auto'
    ? `time ${boots} boots for each point`
    : `boot ${countBoots(planRequest(recipe, method))} times`;
}

function planParams(recipe: Recipe): JsonObject {
  const { boots, fewer, warmup, seed } = planRequest(recipe, 'exit');
  return { boots, ...(fewer === undefined ? {} : { fewer }), warmup, seed };
}

/** What of a recipe decides on which processors, and with which priority, its boots are made. */
export function schedulingParams({ measure: { pin: { vm, stopwatch } = {}, realtime } }: Recipe): JsonObject {
  return { vm: vm ?? null, stopwatch: stopwatch ?? null, realtime: realtime ?? null };
}
