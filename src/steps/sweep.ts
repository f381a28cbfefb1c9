import type { JsonObject } from '../core/json.js';
import type { Step } from '../core/step.js';
import { readHostIdentity } from '../measure/host.js';
import { vmInputs } from '../measure/vm-files.js';
import { stopWords } from './boot-params.js';
import { sharedKeys, sharedMeasure } from './compare/arms.js';
import { schedulingParams, seriesParams } from './measure.js';
import type { SweepArm } from './sweep/arms.js';

/**
 * `sweep`: the timed boots of several recipes, in blocks that hold all of them. Outputs `samples` (`samples.ndjson`,
 * each line with its `cell`) and `measured` (`measured.json`, {@link import('./sweep/arms.js').SweepMeasured}). A cell whose boots fail is left
 * out, and the others go on. What was booted before a kill is not booted again.
 */
export function sweepStep(arms: readonly SweepArm[]): Step {
  const { boots, stop } = sharedMeasure(arms);
  const howMany = stop === undefined ? `${boots} boots` : 'boots';
  const ended = stop === undefined ? '' : ` ${stopWords(stop)}`;
  return {
    name: 'sweep',
    title: `time ${howMany} of each of ${arms.length} cells for each point, interleaved${ended}`,
    lane: 'exclusive',
    inputs: {
      params: { cells: arms.map(armParams), plan: sharedMeasure(arms), host: readHostIdentity() },
      files: Object.assign({}, ...arms.map(armFiles)) as Record<string, string>,
      upstream: [],
      tools: [],
      env: [],
    },
    series: { cells: arms.map((arm) => armSeries(arm, arms)), host: readHostIdentity() },
    outputs: {
      samples: { path: 'samples.ndjson', kind: 'file' },
      measured: { path: 'measured.json', kind: 'file' },
    },
    run: async (context) => (await import('./sweep-run.js')).runSweepBoots(arms, context),
  };
}

function armParams({ name, recipe, probe }: SweepArm): JsonObject {
  const fewer = recipe.points.flatMap((point) =>
    point.boots === undefined ? [] : [{ name: point.name, boots: point.boots }],
  );
  return { name, probe, fewer, scheduling: schedulingParams(recipe) };
}

/** What counts for boots that more of the same can be added to. */
function armSeries({ name, recipe, probe }: SweepArm, arms: readonly SweepArm[]): JsonObject {
  const plan = seriesParams({ ...recipe, measure: { ...recipe.measure, ...sharedKeys(arms) } });
  return { name, probe, plan, scheduling: schedulingParams(recipe) };
}

/** What the probe found, and the user's own files: one that changes in the middle of it makes the samples worthless. */
function armFiles({ recipe, output }: SweepArm, index: number): Record<string, string> {
  const own = Object.entries(vmInputs(recipe)).map(([component, path]) => [`${index + 1}/${component}`, path] as const);
  return { ...Object.fromEntries(own), [`${index + 1}/probe.json`]: output('probe', 'probe') };
}
