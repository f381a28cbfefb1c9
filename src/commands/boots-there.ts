import { statSync } from 'node:fs';
import { join } from 'node:path';
import { keptWorkOf, type RunOutcome } from '../engine/index.js';
import { attempt } from '../system/files.js';
import type { CalledPipeline } from './pipeline.js';

const SAMPLES = 'samples.ndjson';

/** Says where there are more boots with these settings than a run has shown, and how to get them; else nothing. */
export async function bootsThereLines(
  { steps: ended, folder }: RunOutcome,
  { steps, workspace }: CalledPipeline,
): Promise<readonly string[]> {
  const kept = keptBoots(ended, steps, workspace);
  const files = [folder, kept ?? folder].map((place) => join(place, SAMPLES));
  const [shown = 0, there = 0] = files.map(sizeOf);
  if (there <= shown) {
    return [];
  }
  const { countBlocks } = await import('../measure/count-blocks.js');
  const counted = attempt(workspace, () => files.map(countBlocks));
  const [first = 0, all = 0] = counted.ok ? counted.value : [];
  return all > first
    ? [`${all} boots for each point are there; these are the first ${first}, --set measure.boots=${all} shows all`]
    : [];
}

/** Bytes; 0 where there is no such file. A fresh run looks at no content. */
function sizeOf(path: string): number {
  const size = attempt(path, () => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return size.ok ? size.value : 0;
}

/** The folder of the boots that a measurement which is done took its own from. */
function keptBoots(ended: RunOutcome['steps'], steps: CalledPipeline['steps'], workspace: string): string | undefined {
  const { status, fingerprint } = ended.find(({ step }) => step === 'measure') ?? {};
  const measure = steps.find(({ name }) => name === 'measure');
  const isDone = status === 'fresh' || status === 'restored' || status === 'ran';
  return isDone && fingerprint !== undefined && measure !== undefined
    ? keptWorkOf(workspace, measure, fingerprint)
    : undefined;
}
