import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import type { PlanRequest } from '../measure/boot-plan.js';
import { commonMethod, interleavedPlan } from '../measure/interleaved-plan.js';
import type { MeasurementRequest } from '../measure/measurement.js';
import { durationIn } from '../measure/samples.js';
import { writeFileAtomically } from '../system/files.js';
import { planRequest } from './boot-params.js';
import { BootProgress } from './boot-progress.js';
import { sharedKeys, sharedMeasure } from './compare/arms.js';
import { probedCells, type ProbedCell } from './measure/bootable.js';
import { measurementRecord } from './measure/record.js';
import { openSamplesFile } from './measure/samples-file.js';
import { beginSession, sessionHosts } from './measure/sessions.js';
import { stopRuleOf } from './measure/stop-rule.js';
import { timeBoots } from './measure/timed-boots.js';
import type { MeasuredHere } from './measure/tuned.js';
import type { SweepArm, SweepMeasured } from './sweep/arms.js';

/** A cell that is ready to be booted. */
interface Ready {
  readonly arm: SweepArm;
  readonly cell: ProbedCell;
  readonly plan: PlanRequest;
}

/** The work of `sweep`. */
export async function runSweepBoots(arms: readonly SweepArm[], context: StepContext): Promise<Result<void, Failure>> {
  const ready = readyCells(arms, context);
  if (!ready.ok) {
    return ready;
  }
  return timeBoots({
    context,
    tune: arms.some(({ recipe }) => recipe.measure.tune),
    prepare: () => prepare(ready.value, context),
    record: (measured) => {
      const document = { cells: ready.value.map((each) => outcomeOf(each, measured, context)) };
      writeFileAtomically(context.output('measured'), `${JSON.stringify(document satisfies SweepMeasured)}\n`);
    },
  });
}

function readyCells(arms: readonly SweepArm[], context: StepContext): Result<readonly Ready[], Failure> {
  const cells: ProbedCell[] = [];
  for (const [index, arm] of arms.entries()) {
    const probed = probedCells(arm.recipe, contextOf(index, arm, context));
    if (!probed.ok) {
      return failed(probed.failure);
    }
    cells.push(probed.value[0]);
  }
  const method = commonMethod(cells.map(({ vm }) => vm.probe.method));
  const shared = sharedKeys(arms);
  return success(
    arms.flatMap((arm, index) => {
      const cell = cells[index];
      const { recipe } = arm;
      const plan = planRequest({ ...recipe, measure: { ...recipe.measure, ...shared } }, method);
      return cell === undefined ? [] : [{ arm, cell, plan }];
    }),
  );
}

/** The context as that cell's own steps would see it. */
function contextOf(index: number, { output }: SweepArm, context: StepContext): StepContext {
  const scratchFolder = join(context.scratchFolder, String(index + 1));
  mkdirSync(scratchFolder, { recursive: true });
  return { ...context, upstream: output, scratchFolder };
}

function prepare(ready: readonly Ready[], context: StepContext): MeasurementRequest {
  const { boots, maxFailed, stop: asked } = sharedMeasure(ready.map(({ arm }) => arm));
  const [first] = ready;
  if (first === undefined) {
    throw new Error('a sweep has a cell');
  }
  const machines = new Map(ready.map(({ arm, cell }) => [arm.name, cell.vm]));
  const plan = interleavedPlan(ready.map(({ arm, plan: request }) => ({ mark: { cell: arm.name }, request })));
  const stop = stopRuleOf(asked, { plan: first.plan, lookAhead: boots });
  const progress = new BootProgress({
    context,
    medians: [medianOf(first)],
    of: first.arm.name,
    ...(stop === undefined ? { total: plan.length } : { rule: () => stop.rule.words() }),
  });
  return {
    vmOf: ({ cell = '' }) => machines.get(cell) ?? first.cell.vm,
    plan,
    samplesFile: openSamplesFile(context),
    maxFailed,
    apart: true,
    ...(stop === undefined ? {} : { stop }),
    onSession: (session, found) =>
      beginSession(session, { found, plan, context, ...(stop === undefined ? { total: plan.length } : {}) }),
    onSample: (sample, origin) => progress.add(sample, origin),
  };
}

/** Of the last point of the first cell. */
function medianOf({
  arm,
  plan: { method, points },
}: Ready): ConstructorParameters<typeof BootProgress>[0]['medians'][0] {
  const shown = method === 'exit' ? 'exit' : 'trace';
  const point = points.at(-1) ?? '';
  return {
    label: point,
    durationOf: (sample) => (sample.cell === arm.name ? durationIn(sample, point, shown) : undefined),
  };
}

function outcomeOf(
  { arm: { name }, cell, plan }: Ready,
  { givenUp, ...measured }: MeasuredHere,
  context: StepContext,
): SweepMeasured['cells'][number] {
  const failure = givenUp?.get(name);
  if (failure !== undefined) {
    return { name, failure };
  }
  const { fingerprint } = context;
  const known = { fingerprint, plan, cells: [cell] as const, hosts: sessionHosts(context) };
  const samples = measured.samples.filter((sample) => sample.cell === name);
  return { name, record: measurementRecord({ ...known, ...measured, samples }) };
}
