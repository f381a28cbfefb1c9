import type { StepFailure } from '../core/event.js';
import { exitStatusOfAll, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import type { ShownFailure } from '../ui/failure-lines.js';
import type { PlacedFailure } from './ci/place.js';
import type { Session } from './session.js';

/** Says on standard error why a command could not do its work; gives the exit status for it. */
export function fail(session: Session, failure: Failure): Promise<ExitStatus> {
  return failAll(session, [{ failure }]);
}

/** What a command advises to try next, where that is another thing than usual. */
export type Advice = (failure: Failure) => string | undefined;

/** Says on standard error what failed, steps named; gives the exit status, 0 where nothing did. */
export async function failAll(
  { errors }: Session,
  failures: readonly PlacedFailure[],
  advice: Advice = () => undefined,
): Promise<ExitStatus> {
  if (failures.length > 0) {
    const { failuresLines } = await import('../ui/failure-lines.js');
    const complete = async (failed: PlacedFailure): Promise<ShownFailure & PlacedFailure> => {
      const hint = advice(failed.failure);
      return { ...(await withPackage(failed)), ...(hint === undefined ? {} : { hint }) };
    };
    const completed = await Promise.all(failures.map(complete));
    errors.write(`${failuresLines(completed, errors).join('\n')}\n`);
    if (errors.ci !== undefined) {
      (await import('./ci/annotate.js')).markFailures(completed, errors.ci);
    }
  }
  return exitStatusOfAll(failures.map(({ failure }) => failure));
}

/** Adds to a missing program which package has it here, where that is known. */
async function withPackage<F extends StepFailure>(failed: F): Promise<F> {
  const { failure } = failed;
  if (failure.reason !== 'tool-missing' || failure.package !== undefined) {
    return failed;
  }
  const { packageOfProgram } = await import('./doctor/needs.js');
  const name = packageOfProgram(failure.tool);
  return name === undefined ? failed : { ...failed, failure: { ...failure, package: name } };
}
