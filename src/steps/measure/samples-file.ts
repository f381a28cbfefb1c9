import { existsSync, linkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, type Result } from '../../core/result.js';
import type { StepContext } from '../../core/step.js';
import type { Sample } from '../../measure/samples.js';
import { attempt, copyFile, isSystemError, remove } from '../../system/files.js';
import { beginSeries, endSeries } from './series.js';

const NAME = 'samples.ndjson';

/** The file that a measurement's samples are gathered in, which a run that goes on finds again. Throws system errors. */
export function openSamplesFile(context: StepContext): string {
  const { resumeFolder, runFolder } = context;
  beginSeries(context);
  const samplesFile = join(resumeFolder, NAME);
  detach(samplesFile);
  writeFileSync(samplesFile, '', { flag: 'a' });
  showLive(samplesFile, join(runFolder, NAME));
  return samplesFile;
}

/** The run that was killed shows the file in its folder too; what is added now is not that run's. */
function detach(samplesFile: string): void {
  if (existsSync(samplesFile)) {
    const own = `${samplesFile}.own`;
    copyFile(samplesFile, own);
    renameSync(own, samplesFile);
  }
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

/**
 * Puts the samples that a measurement takes into its output and into the run's folder: of a series that is longer, the
 * beginning. Throws system errors.
 */
export function keepSamples(samples: readonly Sample[], context: StepContext): void {
  const { resumeFolder, runFolder } = context;
  const output = context.output('samples');
  writeFileSync(output, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  const shown = join(runFolder, NAME);
  remove(shown);
  copyFile(output, shown);
  endSeries(resumeFolder);
}

/** The next run has to boot again: going on from boots that failed would fail at once. */
export function setAside(samplesFile: string, context: StepContext, failure: Failure): Result<void, Failure> {
  const shown = join(context.runFolder, NAME);
  const moved = attempt(samplesFile, () => {
    if (!existsSync(shown)) {
      copyFile(samplesFile, shown);
    }
    renameSync(samplesFile, join(context.resumeFolder, 'samples.failed.ndjson'));
  });
  return moved.ok ? failed(failure) : moved;
}
