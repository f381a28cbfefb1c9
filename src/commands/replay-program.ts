import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import { complaintOf, isCommanderError, settle } from './commander.js';
import { addReplayOptions, replay } from './replay.js';
import type { ReplayOptions } from './replay/options.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';

const ABOUT = `
Measures what is in this folder again on this machine, without a compiler, the network or a library of the machine's,
and compares that with what was recorded. Nothing is written into the folder of the bundle.`;

/**
 * `replay.mjs`, which is in each bundle: `bootlap replay` of the bundle that it lies in. Gives the exit status; throws
 * for bugs only.
 * @param bundle the folder of the bundle, absolute
 */
export async function runReplayProgram(
  words: readonly string[],
  session: Session,
  bundle: string,
): Promise<ExitStatus> {
  let status: ExitStatus = EXIT_STATUS.done;
  const { Command } = await import('commander');
  const program = new Command('replay.mjs').addHelpText('before', `${ABOUT.trim()}\n`);
  settle(program, session);
  addReplayOptions(
    program.option('--workspace <dir>', 'where the runs are kept (default: beside the bundle)', `${bundle}.replay`),
  ).action(
    async (options: Omit<ReplayOptions, 'set'> & { readonly set: readonly string[]; readonly workspace: string }) => {
      status = await replay(session, { bundle, workspace: options.workspace }, options);
    },
  );
  try {
    await program.parseAsync(words, { from: 'user' });
    return status;
  } catch (error) {
    if (!isCommanderError(error)) {
      throw error;
    }
    const hint = '"node replay.mjs --help" shows what there is';
    return error.exitCode === 0
      ? EXIT_STATUS.done
      : fail(session, { reason: 'usage', message: complaintOf(error), hint });
  }
}
