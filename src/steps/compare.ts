import type { JsonObject } from '../core/json.js';
import type { Step } from '../core/step.js';
import { readHostIdentity } from '../measure/host.js';
import type { Arms } from '../measure/interleaved-plan.js';
import { vmInputs } from '../measure/vm-files.js';
import { stopWords } from './boot-params.js';
import { sharedKeys, sharedMeasure, type CompareArm } from './compare/arms.js';
import { schedulingParams, seriesParams } from './measure.js';

/**
 * `compare`: the timed boots of two recipes, interleaved. Outputs `samples` (`samples.ndjson`, each line with its `arm`),
 * and `a` and `b` (`measurement-a.json`, `measurement-b.json`,
 * {@link import('../measure/measurement-record.js').MeasurementRecord}). What was booted before a kill is not booted again.
 */
export function compareStep(arms: Arms<CompareArm>): Step {
  const { boots, stop } = sharedMeasure([arms.a, arms.b]);
  const howMany = stop === undefined ? `${boots} boots` : 'boots';
  const ended = stop === undefined ? '' : ` ${stopWords(stop)}`;
  return {
    name: 'compare',
    title: `time ${howMany} of A and of B for each point, interleaved${ended}`,
    lane: 'exclusive',
    inputs: {
      params: {
        a: armParams(arms, 'a'),
        b: armParams(arms, 'b'),
        plan: sharedMeasure([arms.a, arms.b]),
        host: readHostIdentity(),
      },
      files: { ...armFiles(arms.a, 'a'), ...armFiles(arms.b, 'b') },
      upstream: [],
      tools: [],
      env: [],
    },
    series: { a: armSeries(arms, 'a'), b: armSeries(arms, 'b'), host: readHostIdentity() },
    outputs: {
      samples: { path: 'samples.ndjson', kind: 'file' },
      a: { path: 'measurement-a.json', kind: 'file' },
      b: { path: 'measurement-b.json', kind: 'file' },
    },
    run: async (context) => (await import('./compare-run.js')).runInterleaved(arms, context),
  };
}

function armParams(arms: Arms<CompareArm>, arm: 'a' | 'b'): JsonObject {
  const { recipe, probe } = arms[arm];
  const fewer = recipe.points.flatMap(({ name, boots }) => (boots === undefined ? [] : [{ name, boots }]));
  return { probe, fewer, scheduling: schedulingParams(recipe) };
}

/** What counts for boots that more of the same can be added to. */
function armSeries(arms: Arms<CompareArm>, arm: 'a' | 'b'): JsonObject {
  const { recipe, probe } = arms[arm];
  const plan = seriesParams({ ...recipe, measure: { ...recipe.measure, ...sharedKeys([arms.a, arms.b]) } });
  return { probe, plan, scheduling: schedulingParams(recipe) };
}

/** What the probe found, and the user's own files: one that changes in the middle of it makes the samples worthless. */
function armFiles({ recipe, output }: CompareArm, arm: 'a' | 'b'): Record<string, string> {
  const own = Object.entries(vmInputs(recipe)).map(([component, path]) => [`${arm}/${component}`, path] as const);
  return { ...Object.fromEntries(own), [`${arm}/probe.json`]: output('probe', 'probe') };
}
