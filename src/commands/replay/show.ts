import { EXIT_STATUS, type ExitStatus } from '../../core/exit-status.js';
import type { RunOutcome } from '../../engine/index.js';
import { showComparison } from '../compare/show.js';
import { outcomeLines } from '../outcome.js';
import { failAll } from '../report-failure.js';
import { compareWithRecorded, hasFigures, type Replayed } from './recorded.js';
import type { ReplayCall } from './options.js';

/** A replay that has come to its end, well or not. */
export interface EndedReplay extends Pick<ReplayCall, 'session' | 'options' | 'recorder'> {
  readonly outcome: RunOutcome;
  readonly replayed: Replayed;
}

/** Shows the figures and what comes of holding them against the recorded ones; gives the exit status. */
export async function showReplay({ session, options, recorder, outcome, replayed }: EndedReplay): Promise<ExitStatus> {
  const json = options.json === true;
  if (!json) {
    session.output.write(`${outcomeLines(outcome, session.output).join('\n')}\n`);
  }
  if (outcome.failures.length > 0) {
    return failAll(session, outcome.failures);
  }
  if (!hasFigures(replayed.bundle)) {
    return EXIT_STATUS.done;
  }
  const compared = await compareWithRecorded(replayed);
  if (!compared.ok) {
    return failAll(session, [{ failure: compared.failure }]);
  }
  if (!json) {
    session.output.write(`\nA was recorded in the bundle, B was measured here\n`);
  }
  return showComparison(compared.value, { session, json, folder: replayed.run, recorder });
}
