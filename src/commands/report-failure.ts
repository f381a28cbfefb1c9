import type { StepFailure } from '../core/event.js';
import { exitStatusOfAll, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import type { Session } from './session.js';

/** Says on standard error why a command could not do its work; gives the exit status for it. */
export function fail(session: Session, failure: Failure): Promise<ExitStatus> {
  return failAll(session, [{ failure }]);
}

/** Says on standard error what failed, steps named; gives the exit status, 0 where nothing did. */
export async function failAll({ errors }: Session, failures: readonly StepFailure[]): Promise<ExitStatus> {
  if (failures.length > 0) {
    const { failuresLines } = await import('../ui/failure-lines.js');
    const completed = await Promise.all(failures.map(withPackage));
    errors.write(`${failuresLines(completed, errors).join('\n')}\n`);
  }
  return exitStatusOfAll(failures.map(({ failure }) => failure));
}

/** Adds to a missing program which package has it here, where that is known. */
async function withPackage(failed: StepFailure): Promise<StepFailure> {
  const { failure } = failed;
  if (failure.reason !== 'tool-missing' || failure.package !== undefined) {
    return failed;
  }
  const { packageOfProgram } = await import('./doctor/needs.js');
  const name = packageOfProgram(failure.tool);
  return name === undefined ? failed : { ...failed, failure: { ...failure, package: name } };
}
