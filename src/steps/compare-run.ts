import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import type { ArmName, BootMethod, MeasuringMethod, PlanRequest } from '../measure/boot-plan.js';
import { commonMethod, interleavedPlan, type Arms } from '../measure/interleaved-plan.js';
import type { MeasurementRequest } from '../measure/measurement.js';
import { durationIn } from '../measure/samples.js';
import { writeFileAtomically } from '../system/files.js';
import { planRequest } from './boot-params.js';
import { BootProgress, type ShownMedian } from './boot-progress.js';
import { sharedKeys, sharedMeasure, type CompareArm } from './compare/arms.js';
import { probedCells, type ProbedCell } from './measure/bootable.js';
import { measurementRecord } from './measure/record.js';
import { openSamplesFile } from './measure/samples-file.js';
import { beginSession, sessionHosts } from './measure/sessions.js';
import { stopRuleOf } from './measure/stop-rule.js';
import { timeBoots } from './measure/timed-boots.js';

/** The work of `compare`. */
export async function runInterleaved(arms: Arms<CompareArm>, context: StepContext): Promise<Result<void, Failure>> {
  const probed = probedArms(arms, context);
  if (!probed.ok) {
    return probed;
  }
  const machines = probed.value;
  const method = commonMethod([machines.a.vm.probe.method, machines.b.vm.probe.method]);
  const requests = planRequests(arms, method);
  return timeBoots({
    context,
    tune: arms.a.recipe.measure.tune || arms.b.recipe.measure.tune,
    prepare: () => prepare({ arms, machines, requests }, context),
    record: (measured) => {
      for (const arm of ['a', 'b'] as const) {
        const samples = measured.samples.filter((sample) => sample.arm === arm);
        const { fingerprint } = context;
        const cells = [machines[arm]] as const;
        const known = { fingerprint, plan: requests[arm], cells, hosts: sessionHosts(context) };
        const record = measurementRecord({ ...known, ...measured, samples });
        writeFileAtomically(context.output(arm), `${JSON.stringify(record, undefined, 2)}\n`);
      }
    },
  });
}

function probedArms(arms: Arms<CompareArm>, context: StepContext): Result<Arms<ProbedCell>, Failure> {
  const a = probedCells(arms.a.recipe, contextOf('a', arms.a, context));
  const b = probedCells(arms.b.recipe, contextOf('b', arms.b, context));
  if (!a.ok) {
    return failed(a.failure);
  }
  return b.ok ? success({ a: a.value[0], b: b.value[0] }) : failed(b.failure);
}

/** The context as that side's own steps would see it. */
function contextOf(arm: ArmName, { output }: CompareArm, context: StepContext): StepContext {
  const scratchFolder = join(context.scratchFolder, arm);
  mkdirSync(scratchFolder, { recursive: true });
  return { ...context, upstream: output, scratchFolder };
}

function planRequests(arms: Arms<CompareArm>, method: MeasuringMethod): Arms<PlanRequest> {
  const requestOf = ({ recipe }: CompareArm): PlanRequest =>
    planRequest({ ...recipe, measure: { ...recipe.measure, ...sharedKeys([arms.a, arms.b]) } }, method);
  return { a: requestOf(arms.a), b: requestOf(arms.b) };
}

interface Prepared {
  readonly arms: Arms<CompareArm>;
  readonly machines: Arms<ProbedCell>;
  readonly requests: Arms<PlanRequest>;
}

function prepare({ arms, machines, requests }: Prepared, context: StepContext): MeasurementRequest {
  const { boots, maxFailed, stop: asked } = sharedMeasure([arms.a, arms.b]);
  const parts = (['a', 'b'] as const).map((arm) => ({ mark: { arm }, request: requests[arm] }));
  const plan = interleavedPlan(parts);
  const stop = stopRuleOf(asked, { plan: requests.a, lookAhead: boots });
  const progress = new BootProgress({
    context,
    medians: (['a', 'b'] as const).map((arm) => medianOf(arm, requests[arm])),
    ...(stop === undefined ? { total: plan.length } : { rule: () => stop.rule.words() }),
  });
  return {
    vmOf: ({ arm = 'a' }) => machines[arm].vm,
    plan,
    samplesFile: openSamplesFile(context),
    maxFailed,
    ...(stop === undefined ? {} : { stop }),
    onSession: (session, found) =>
      beginSession(session, { found, plan, context, ...(stop === undefined ? { total: plan.length } : {}) }),
    onSample: (sample, origin) => progress.add(sample, origin),
  };
}

/** Of the last point, which stands for the whole boot. */
function medianOf(arm: ArmName, { method, points }: PlanRequest): ShownMedian {
  const shown: BootMethod = method === 'exit' ? 'exit' : 'trace';
  return {
    label: arm.toUpperCase(),
    durationOf: (sample) => (sample.arm === arm ? durationIn(sample, points.at(-1) ?? '', shown) : undefined),
  };
}
