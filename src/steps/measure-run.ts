import type { Failure } from '../core/failure.js';
import { failed, type Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import type { BootMethod, PlanRequest } from '../measure/boot-plan.js';
import { commonMethod, interleavedPlan } from '../measure/interleaved-plan.js';
import type { MeasurementRequest } from '../measure/measurement.js';
import { durationIn } from '../measure/samples.js';
import type { LocatedVm } from '../measure/vm-files.js';
import type { Recipe } from '../recipe/schema.js';
import { writeFileAtomically } from '../system/files.js';
import { planRequest, stopAsked } from './boot-params.js';
import { BootProgress, type ShownMedian } from './boot-progress.js';
import { probedCells, type Machines } from './measure/bootable.js';
import { measurementRecord } from './measure/record.js';
import { openSamplesFile } from './measure/samples-file.js';
import { beginSession, sessionHosts } from './measure/sessions.js';
import { stopRuleOf } from './measure/stop-rule.js';
import { timeBoots } from './measure/timed-boots.js';

/** The work of `measure`. Without a VM it is the one that the recipe's steps made. */
export async function runMeasurement(
  recipe: Recipe,
  context: StepContext,
  ready?: LocatedVm,
): Promise<Result<void, Failure>> {
  const probed = probedCells(recipe, context, ready);
  if (!probed.ok) {
    return failed(probed.failure);
  }
  const cells = probed.value;
  const plan = planRequest(recipe, commonMethod(cells.map(({ vm }) => vm.probe.method)));
  return timeBoots({
    context,
    tune: recipe.measure.tune,
    prepare: () => prepare({ recipe, cells, plan }, context),
    record: (measured) => {
      const { fingerprint } = context;
      const hosts = sessionHosts(context);
      const document = measurementRecord({ fingerprint, plan, cells, hosts, ...measured });
      writeFileAtomically(context.output('measurement'), `${JSON.stringify(document, undefined, 2)}\n`);
    },
  });
}

interface Wish {
  readonly recipe: Recipe;
  readonly cells: Machines;
  readonly plan: PlanRequest;
}

function prepare({ recipe, cells, plan: request }: Wish, context: StepContext): MeasurementRequest {
  const [base] = cells;
  const machines = new Map(cells.map(({ name, vm }) => [name, vm]));
  const parts = cells.map(({ name }) => ({ mark: name === '' ? {} : { cell: name }, request }));
  const plan = interleavedPlan(parts);
  const stop = stopRuleOf(stopAsked(recipe.measure), { plan: request, lookAhead: recipe.measure.boots });
  const progress = new BootProgress({
    context,
    medians: mediansOf(request, base.name),
    ...(base.name === '' ? {} : { of: base.name }),
    ...(stop === undefined ? { total: plan.length } : { rule: () => stop.rule.words() }),
  });
  return {
    vmOf: ({ cell = '' }) => machines.get(cell) ?? base.vm,
    plan,
    samplesFile: openSamplesFile(context),
    maxFailed: recipe.measure['max-failed'],
    ...(stop === undefined ? {} : { stop }),
    onSession: (session, found) =>
      beginSession(session, { found, plan, context, ...(stop === undefined ? { total: plan.length } : {}) }),
    onSample: (sample, origin) => progress.add(sample, origin),
  };
}

/** Those of the base: with all cells the line would be too long to read. */
function mediansOf({ points, method }: PlanRequest, base: string): ShownMedian[] {
  // Of both methods, those of the traced boots.
  const shown: BootMethod = method === 'exit' ? 'exit' : 'trace';
  return points.map((point) => ({
    label: point,
    durationOf: (sample) => ((sample.cell ?? '') === base ? durationIn(sample, point, shown) : undefined),
  }));
}
