import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, success, type Result } from '../../core/result.js';
import { outFolder, workspaceAt, type RunOutcome } from '../../engine/index.js';
import type { Difference } from '../../measure/comparison/conditions.js';
import type { ProbeRecord } from '../../measure/probe.js';
import type { StepEnd } from '../../core/event.js';
import type { Side } from '../../report/comparison.js';
import type { CompareArm } from '../../steps/compare/arms.js';
import { originOutputs, originParams, readOrigins } from '../../steps/report-origins.js';
import { attempt } from '../../system/files.js';
import type { PlacedFailure } from '../ci/place.js';
import type { CalledPipeline } from '../pipeline.js';
import { watchRun, withPlaces, type RunManner } from '../run-shown.js';

/** One side of an interleaved comparison. */
export interface ArmPipeline {
  /** As it is told: `stock with machine.memory=256`. */
  readonly name: string;
  readonly pipeline: CalledPipeline;
  /** The name by which its outputs lie in the workspace. */
  readonly outName: string;
}

/** Why a comparison came to its end before there was one. `told`: the events of a run have said it. */
export interface Stopped {
  readonly failures: readonly PlacedFailure[];
  readonly told: boolean;
}

/** One side that is ready to be booted, and what it is known again by. */
export interface BuiltArm extends CompareArm, Pick<Side, 'origins' | 'fingerprints'> {}

/** Builds one side and probes it. */
export async function buildArm(
  { pipeline, outName }: ArmPipeline,
  manner: Omit<RunManner, 'selection'>,
): Promise<Result<BuiltArm, Stopped>> {
  const upTo = { only: [], from: [], until: ['probe'], force: [] };
  const outcome = await runPart(
    { ...manner, selection: () => upTo },
    { ...pipeline, recipe: { name: outName }, resolved: pipeline.recipe, link: 'none' },
  );
  if (!outcome.ok) {
    const failures = await withPlaces(manner.session, outcome.failure.failures, pipeline);
    return failed({ ...outcome.failure, failures });
  }
  const probe = outcome.value.steps.find(({ step }) => step === 'probe')?.fingerprint;
  if (probe === undefined) {
    throw new Error('a pipeline went through without its probe');
  }
  const workspace = workspaceAt(pipeline.workspace);
  const output = (step: string, name: string): string => {
    const spec = pipeline.steps.find((candidate) => candidate.name === step)?.outputs[name];
    if (spec === undefined) {
      throw new Error(`there is no output "${name}" of ${step}`);
    }
    return join(outFolder(workspace, outName, step), spec.path);
  };
  const fingerprints = fingerprintsOf(outcome.value.steps);
  return success({ recipe: pipeline.recipe, probe, output, fingerprints, ...originsOf(pipeline, output) });
}

function fingerprintsOf(steps: readonly StepEnd[]): Record<string, string> {
  return Object.fromEntries(
    steps.flatMap(({ step, fingerprint }) => (fingerprint === undefined ? [] : [[step, fingerprint]])),
  );
}

/** Where the components are from, as a report of that side would say it. A comparison is whole without. */
function originsOf({ recipe, steps }: CalledPipeline, output: CompareArm['output']): Pick<Side, 'origins'> {
  const pins = steps.filter(({ name }) => name.startsWith('pin:')).map(({ name }) => ({ step: name, output: 'pin' }));
  const found = attempt('the origins', () => readOrigins(originOutputs(recipe, pins), { upstream: output }));
  return found.ok ? { origins: { ...originParams(recipe), ...found.value } } : {};
}

/** A run of which every step has to go through. */
export async function runPart(...request: Parameters<typeof watchRun>): Promise<Result<RunOutcome, Stopped>> {
  const outcome = await watchRun(...request);
  if (!outcome.ok) {
    return failed({ failures: [{ failure: outcome.failure }], told: false });
  }
  const { failures } = outcome.value;
  return failures.length === 0 ? success(outcome.value) : failed({ failures, told: true });
}

/**
 * In what the probes of two sides found something else although both recipes ask for the same: then the figures would
 * not be about what the user changed. Throws system errors.
 */
export function unmeant(a: CompareArm, b: CompareArm): Difference[] {
  const [ours, theirs] = [foundBy(a), foundBy(b)];
  return (['accel', 'type', 'cpu'] as const)
    .filter((key) => JSON.stringify(a.recipe.machine[key]) === JSON.stringify(b.recipe.machine[key]))
    .map((key) => ({ field: `machine.${key}`, a: ours[key], b: theirs[key] }))
    .filter((difference) => difference.a !== difference.b);
}

function foundBy({ output }: CompareArm): Record<'accel' | 'type' | 'cpu', string> {
  const probe = JSON.parse(readFileSync(output('probe', 'probe'), 'utf8')) as ProbeRecord;
  return { accel: probe.accelerator, type: probe.machine, cpu: probe.cpu ?? "the hypervisor's own" };
}
