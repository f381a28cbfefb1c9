import { existsSync, linkSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { Failure } from '../core/failure.js';
import { failed, type Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import { bootPlan } from '../measure/boot-plan.js';
import { withCpu } from '../measure/cpu-model.js';
import { readableDuration } from '../measure/duration.js';
import { readHost, type HostRecord } from '../measure/host.js';
import { measureBoots, type MeasurementRequest } from '../measure/measurement.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import type { ProbeRecord } from '../measure/probe.js';
import { series, type Sample } from '../measure/samples.js';
import { median } from '../measure/statistics.js';
import { locateVm } from '../measure/vm-files.js';
import { rigOf, type VmRig } from '../measure/vm-rig.js';
import type { Recipe } from '../recipe/schema.js';
import { attempt, copyFile, digestFile, isSystemError, remove, writeFileAtomically } from '../system/files.js';
import { planRequest } from './boot-params.js';

/** The work of `measure`. */
export async function runMeasurement(recipe: Recipe, context: StepContext): Promise<Result<void, Failure>> {
  const files = locateVm(recipe, context);
  if (!files.ok) {
    return failed(files.failure);
  }
  const request = prepare(recipe, rigOf(recipe, files.value, context), context);
  if (!request.ok) {
    return request;
  }
  const host = readHost();
  const samples = await measureBoots(request.value);
  if (!samples.ok) {
    return samples.failure.reason === 'boots-failed' ? setAside(request.value, context, samples.failure) : samples;
  }
  return attempt(context.output('measurement'), () => {
    copyFile(request.value.samplesFile, context.output('samples'));
    const document = record({ recipe, context, rig: request.value.rig, host, samples: samples.value });
    writeFileAtomically(context.output('measurement'), `${JSON.stringify(document, undefined, 2)}\n`);
  });
}

function prepare(recipe: Recipe, rig: VmRig, context: StepContext): Result<MeasurementRequest, Failure> {
  const samplesFile = join(context.resumeFolder, 'samples.ndjson');
  return attempt(samplesFile, () => {
    if (context.clean) {
      remove(samplesFile);
    }
    writeFileSync(samplesFile, '', { flag: 'a' });
    showLive(samplesFile, join(context.runFolder, 'samples.ndjson'));
    const plan = bootPlan(planRequest(recipe));
    const { accelerator, cpu } = readProbe(context);
    return {
      // What the probe came through with, which after a fall-back is not what the recipe asks for.
      rig: cpu === undefined ? rig : { ...rig, machine: withCpu(rig.machine, cpu) },
      accelerator,
      plan,
      samplesFile,
      maxFailed: recipe.measure['max-failed'],
      onSample: (samples) => report(samples, { total: plan.length, recipe, context }),
    };
  });
}

function readProbe(context: StepContext): ProbeRecord {
  return JSON.parse(readFileSync(context.upstream('probe', 'probe'), 'utf8')) as ProbeRecord;
}

/** One file under two names: who follows the run sees each boot as it ends. */
function showLive(samplesFile: string, shown: string): void {
  remove(shown);
  try {
    linkSync(samplesFile, shown);
  } catch (error) {
    // Not every file system has hard links; the run's folder then gets its copy with the step's outputs.
    if (!isSystemError(error) || !['EPERM', 'EXDEV', 'ENOTSUP', 'EMLINK'].includes(error.code)) {
      throw error;
    }
  }
}

function report(
  samples: readonly Sample[],
  { total, recipe, context }: { total: number; recipe: Recipe; context: StepContext },
): void {
  const medians = recipe.points
    .map(({ name }) => ({ name, durations: series(samples, name) }))
    .filter(({ durations }) => durations.length > 0)
    .map(({ name, durations }) => `${name} ${readableDuration(median(durations))}`);
  context.progress({ done: samples.length, total, unit: 'boots', note: medians.join(', ') });
  const last = samples.at(-1);
  if (last !== undefined) {
    logBoot(last, context);
  }
}

function logBoot(sample: Sample, context: StepContext): void {
  const kind = sample.warmup ? 'warm-up' : 'boot';
  const { boot, point, outcome, elapsedNs } = sample;
  context.log.line(`${kind} ${boot} to ${point}: ${outcome} after ${readableDuration(Number(elapsedNs))}`);
  if (outcome !== 'reached') {
    const [last = 'nothing on its console'] = [...(sample.console ?? []), ...(sample.errors ?? [])].slice(-1);
    context.notice('warning', `boot ${boot} to "${point}" is no sample: it ${WORDS[outcome]} (${last})`);
    sample.console?.forEach((line) => context.log.line(`  ${line}`));
    sample.errors?.forEach((line) => context.log.line(`  ${line}`));
  }
}

const WORDS: Readonly<Record<Exclude<Sample['outcome'], 'reached'>, string>> = {
  hung: 'hung',
  panicked: 'panicked',
  crashed: 'crashed',
  refused: 'was refused by the hypervisor',
  reset: 'rebooted',
  'other-status': 'ended with another status',
};

/** The next run has to boot again: going on from boots that failed would fail at once. */
function setAside({ samplesFile }: MeasurementRequest, context: StepContext, failure: Failure): Result<void, Failure> {
  const shown = join(context.runFolder, 'samples.ndjson');
  const moved = attempt(samplesFile, () => {
    if (!existsSync(shown)) {
      copyFile(samplesFile, shown);
    }
    renameSync(samplesFile, join(context.resumeFolder, 'samples.failed.ndjson'));
  });
  return moved.ok ? failed(failure) : moved;
}

interface Finished {
  readonly recipe: Recipe;
  readonly context: StepContext;
  readonly rig: VmRig;
  readonly host: HostRecord;
  readonly samples: readonly Sample[];
}

function record({ recipe, context, rig, host, samples }: Finished): MeasurementRecord {
  const { measure, machine } = recipe;
  return {
    schemaVersion: 1,
    fingerprint: context.fingerprint,
    method: measure.method,
    plan: planRequest(recipe),
    probe: readProbe(context),
    memoryMib: machine.memory,
    processors: machine.cpus,
    timeout: measure.timeout,
    host,
    inputs: inputDigests(rig),
    firstBootAt: samples[0]?.at ?? '',
    lastBootAt: samples.at(-1)?.at ?? '',
    sessions: Math.max(...samples.map(({ session }) => session)),
  };
}

function inputDigests({ files, stopwatch }: VmRig): Record<string, Digest> {
  return {
    hypervisor: digestFile(files.hypervisor),
    firmware: digestFile(files.firmware),
    kernel: digestFile(files.kernel),
    stopwatch: digestFile(stopwatch),
  };
}
