import type { JsonObject } from '../core/json.js';
import type { Step } from '../core/step.js';
import { countBoots } from '../measure/boot-plan.js';
import { readHostIdentity } from '../measure/host.js';
import { vmInputs, vmUpstream, type ReadyVm } from '../measure/vm-files.js';
import { cellsOf } from '../recipe/cells.js';
import type { Recipe } from '../recipe/schema.js';
import { attainable } from '../system/tuning/knobs.js';
import { tuningPlaces } from '../system/tuning/places.js';
import { bootParams, planRequest, stopAsked, stopWords } from './boot-params.js';

/** What a measurement is made from. */
export interface MeasureOptions {
  readonly recipe: Recipe;
  /** Missing: the VM that the recipe's steps make. */
  readonly ready?: ReadyVm;
}

/**
 * `measure`: the timed boots. Outputs `samples` (`samples.ndjson`, one line a boot) and `measurement`
 * (`measurement.json`, {@link import('../measure/measurement-record.js').MeasurementRecord}). What was booted before a kill is not booted again.
 */
export function measureStep({ recipe, ready }: MeasureOptions): Step {
  return {
    name: 'measure',
    title: titleOf(recipe),
    lane: 'exclusive',
    inputs: {
      params: {
        ...bootParams(recipe),
        // Not the method: what comes of the one that is asked for is in the probe's output.
        plan: planParams(recipe),
        ...stopParams(recipe),
        scheduling: schedulingParams(recipe),
        maxFailed: recipe.measure['max-failed'],
        host: readHostIdentity(),
      },
      files: ready?.inputs ?? vmInputs(recipe),
      upstream: [{ step: 'probe', output: 'probe' }, ...(ready === undefined ? vmUpstream(recipe) : [])],
      tools: [],
      env: [],
    },
    series: {
      ...bootParams(recipe),
      plan: seriesParams(recipe),
      scheduling: schedulingParams(recipe),
      host: readHostIdentity(),
    },
    outputs: {
      samples: { path: 'samples.ndjson', kind: 'file' },
      measurement: { path: 'measurement.json', kind: 'file' },
    },
    // Loaded only when boots have to be made: a run that finds them measured starts quicker.
    run: async (context) => (await import('./measure-run.js')).runMeasurement(recipe, context, ready),
  };
}

/** How many boots `auto` comes to is only known after the probe. */
function titleOf(recipe: Recipe): string {
  const { method, boots } = recipe.measure;
  const asked = stopAsked(recipe.measure);
  const cells = cellsOf(recipe);
  const machines = cells.length === 1 ? '' : ` of each of ${cells.length} machines`;
  if (asked !== undefined) {
    return `time boots for each point${machines} ${stopWords(asked)}`;
  }
  return method === 'auto'
    ? `time ${boots} boots for each point${machines}`
    : `boot ${cells.length * countBoots(planRequest(recipe, method))} times`;
}

function planParams(recipe: Recipe): JsonObject {
  const { boots, fewer, of, warmup, seed } = planRequest(recipe, 'exit');
  return { boots, ...(fewer === undefined ? {} : { fewer }), ...(of === undefined ? {} : { of }), warmup, seed };
}

/** What of a recipe decides the order of its boots, however many are made. */
export function seriesParams(recipe: Recipe): JsonObject {
  const { boots, fewer = {}, of = boots, warmup, seed } = planRequest(recipe, 'exit');
  const shares = Object.fromEntries(Object.entries(fewer).map(([point, own]) => [point, own / of]));
  return { shares, warmup, seed };
}

function stopParams({ measure }: Recipe): JsonObject {
  const asked = stopAsked(measure);
  return asked === undefined ? {} : { stop: asked };
}

/** What of a recipe decides on which processors, and with which priority, its boots are made, and what is tuned for them. */
export function schedulingParams({ measure: { pin: { vm, stopwatch } = {}, realtime, tune } }: Recipe): JsonObject {
  const placed = { vm: vm ?? null, stopwatch: stopwatch ?? null, realtime: realtime ?? null };
  // What can be tuned counts: who is told to try it with other rights must not get what was measured without.
  return tune ? { ...placed, tune: attainable(tuningPlaces().sysfs) } : placed;
}
