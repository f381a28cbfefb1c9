import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import { workingFolder } from '../system/environment.js';
import { openRecorder } from './ci/recorder.js';
import { addJunitOption, addViewOptions, addWorkspaceOption, collect } from './options.js';
import type { ReplayOptions } from './replay/options.js';
import type { Session } from './session.js';
import { addTuneOption } from './tune.js';
import { workspaceFolder } from './workspace-folder.js';

const EXAMPLES = `
Nothing is fetched or built. Measuring a bundle runs the hypervisor that is in it: with --key only what was signed by
that key is run. Figures of two machines tell of the machines as well; the report names everything that differs.

Examples:
  bootlap replay bootlap-stock-0123456789abcdef.tar.gz --key ci.pub
  bootlap replay bootlap-stock-0123456789abcdef.tar.gz --boots 100
  bootlap replay bootlap-stock-0123456789abcdef.tar.gz --fail-if 'total > +10%'
  ./replay.sh, node replay.mjs             in an unpacked bundle: the same without bootlap`;

/** `bootlap replay BUNDLE` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command.argument('<bundle>', 'path of a bundle (.tar.gz), or of the folder that it was unpacked to');
  addTuneOption(addReplayOptions(addWorkspaceOption(command)))
    .addHelpText('after', EXAMPLES)
    .action(async (bundle: string, options: ReplayOptions) =>
      report(
        await replay(
          session,
          { bundle: resolve(workingFolder(), bundle), workspace: workspaceFolder(options) },
          options,
        ),
      ),
    );
}

/** The options that a replay has wherever it is called. */
export function addReplayOptions(command: Command): Command {
  return addViewOptions(
    addJunitOption(
      command
        .option('--key <file>', 'the public key that has to have signed it')
        .option('--boots <n>', 'boots for each point (default: as recorded)')
        .option(
          '--set <key=value>',
          'set a value of the measurement, such as measure.until=1% (repeatable)',
          collect,
          [],
        )
        .option(
          '--fail-if <limit>',
          'end with 10 where this machine is beyond it, such as "total > +10%" (repeatable)',
          collect,
          [],
        )
        .option('--threshold <difference>', 'differences up to this one are of no practical worth', '1%'),
    ),
  );
}

/** Measures a bundle. Both paths absolute; gives the exit status. */
export async function replay(
  session: Session,
  places: { readonly bundle: string; readonly workspace: string },
  options: ReplayOptions,
): Promise<ExitStatus> {
  const recorder = openRecorder(session, options);
  const { replayBundle } = await import('./replay/replay.js');
  const status = await replayBundle({ session, ...places, options, recorder });
  return recorder === undefined ? status : recorder.end(status);
}
