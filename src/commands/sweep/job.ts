import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { attempt, type FileFailure } from '../../system/files.js';
import { runPart } from '../compare/arm.js';
import type { BuildJob, SweepJob } from './document.js';
import { failureWords, isInterrupted, outName, pipelineOf, stoppedBy, type JobPlace } from './job-place.js';
import { carryOutMeasurement } from './measure-job.js';

/**
 * Carries a job out and leaves its outcomes in the sweep's folder; one that was begun before is gone on with. What fails is
 * an outcome too, unless the job was interrupted: then there is none. Fails where an outcome cannot be written.
 */
export async function carryOutJob(job: SweepJob, place: JobPlace): Promise<Result<void, Failure>> {
  return job.kind === 'build' ? carryOutBuild(job, place) : carryOutMeasurement(job, place);
}

async function carryOutBuild(
  { id, component, cells, attempt: tried }: BuildJob & { readonly attempt: number },
  place: JobPlace,
): Promise<Result<void, FileFailure>> {
  const { folder, manner, onPart } = place;
  const [first = 1] = cells;
  onPart(`${id}, for ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`);
  const pipeline = await pipelineOf(first, place);
  const upTo = { only: [], from: [], until: [`make:${component}`], force: [] };
  const outcome = pipeline.ok
    ? await runPart(
        { ...manner, selection: () => upTo },
        { ...pipeline.value, recipe: { name: outName(0) }, link: 'none' },
      )
    : failed(stoppedBy(pipeline.failure));
  if (!outcome.ok && isInterrupted(outcome.failure, manner)) {
    return success(undefined);
  }
  return attempt(folder.path, () =>
    folder.keepBuild(
      id,
      outcome.ok
        ? { status: 'done', attempt: tried }
        : { status: 'failed', attempt: tried, failure: failureWords(outcome.failure.failures) },
    ),
  );
}
