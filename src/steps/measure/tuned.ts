import { statSync } from 'node:fs';
import { join } from 'node:path';
import { success, type Result } from '../../core/result.js';
import type { StepContext } from '../../core/step.js';
import type { MeasurementFailure, MeasurementRequest } from '../../measure/measurement.js';
import type { Sample } from '../../measure/samples.js';
import { leftoversText, notTunedText, nothingToTune, refusedText, restoredText } from '../../measure/tuning-text.js';
import type { TunedRecord } from '../../measure/tuned-record.js';
import { attempt, readJsonIfThere, writeFileAtomically } from '../../system/files.js';
import type { KnobStates } from '../../system/tuning/knobs.js';
import { tuningPlaces, type TuningPlaces } from '../../system/tuning/places.js';
import { tuneHost, type TunedHost } from '../../system/tuning/tune.js';
import { measureWatched, type MeasuredOnHost } from './watched.js';

/** Boots that may be timed on a tuned host. */
export interface Tuning {
  /** False: nothing is touched. */
  readonly tune: boolean;
  readonly context: StepContext;
  /** Those of this machine where it is not said. */
  readonly places?: TuningPlaces;
}

/** What was measured, and what the host was like then. */
export interface MeasuredHere extends MeasuredOnHost {
  /** Missing where nothing was to be tuned. */
  readonly knobs?: KnobStates;
}

/** The boots, on a tuned host where that is asked for. */
export async function measureTuned(
  request: MeasurementRequest,
  tuning: Tuning,
): Promise<Result<MeasuredHere, MeasurementFailure>> {
  return whileTuned(tuning, async (now) => {
    const knobs = now === undefined ? undefined : sessionsTogether(now, request, tuning.context);
    const measured = await measureWatched(request);
    return measured.ok ? success({ ...measured.value, ...(knobs === undefined ? {} : { knobs }) }) : measured;
  });
}

/**
 * Does the work with the host's governor and turbo set as far as permitted, and puts them back. What cannot be set is
 * said, and the work is done all the same. It is told what is set; nothing where nothing is to be tuned.
 */
export async function whileTuned<T>(
  { tune, context, places = tuningPlaces() }: Tuning,
  work: (knobs: KnobStates | undefined) => Promise<T>,
): Promise<T> {
  if (!tune) {
    return work(undefined);
  }
  const host = await begin(places, context);
  try {
    return await work(host?.state ?? NOTHING_SET);
  } finally {
    await end(host, places, context);
  }
}

const NOTHING_SET: KnobStates = { governor: 'refused', turbo: 'refused' };

async function begin(places: TuningPlaces, context: StepContext): Promise<TunedHost | undefined> {
  const host = await tuneHost(places);
  if (!host.ok) {
    context.notice('warning', notTunedText(host.failure));
    return undefined;
  }
  const { refused, leftovers } = host.value;
  leftoversText(leftovers, places.sysfs).forEach((text) => context.news(text));
  refusedText(refused, places.sysfs).forEach((text) => context.notice('warning', text));
  nothingToTune(host.value).forEach((text) => context.notice('info', text));
  return host.value;
}

async function end(host: TunedHost | undefined, { sysfs }: TuningPlaces, context: StepContext): Promise<void> {
  const restored = await host?.end();
  if (restored?.ok === false) {
    context.notice(
      'warning',
      '--tune: the former governor and turbo could not be put back; the next bootlap tries again',
    );
  }
  const texts = restored?.ok === true ? restoredText(restored.value, sysfs) : [];
  texts.forEach((text) => context.news(text));
}

/** An unfinished measurement may have had other rights in its earlier sessions, whose boots count as well. */
function sessionsTogether(
  now: KnobStates,
  { samplesFile }: MeasurementRequest,
  { resumeFolder }: StepContext,
): KnobStates {
  const path = join(resumeFolder, 'tuned.json');
  const known = attempt(path, () => (isEmpty(samplesFile) ? undefined : readJsonIfThere(path)));
  const earlier = ((known.ok ? known.value : undefined) ?? now) as KnobStates;
  const together: KnobStates = {
    governor: earlier.governor === now.governor ? now.governor : 'partly',
    turbo: earlier.turbo === now.turbo ? now.turbo : 'partly',
  };
  attempt(path, () => writeFileAtomically(path, JSON.stringify(together)));
  return together;
}

function isEmpty(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** The record of a tuned measurement. */
export function tunedRecord(knobs: KnobStates, samples: readonly Sample[]): TunedRecord {
  const fixed = samples.filter(({ aslr }) => aslr === false).length;
  return { ...knobs, aslr: fixed === 0 ? 'refused' : fixed === samples.length ? 'set' : 'partly' };
}
