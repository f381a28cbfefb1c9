import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import { checkLines } from '../ui/check-lines.js';
import type { Check } from './doctor/check.js';
import { checkMachine } from './doctor/machine.js';
import { checkNeeds } from './doctor/needs.js';
import { checkNode } from './doctor/node-version.js';
import { checkPackageSources } from './doctor/packages.js';
import { checkStorage } from './doctor/storage.js';
import { addWorkspaceOption, type WorkspaceOption } from './options.js';
import type { Session } from './session.js';
import { workspaceFolder } from './workspace-folder.js';

interface DoctorOptions extends WorkspaceOption {
  readonly json?: true;
}

const EXAMPLES = `
Exit status: 0 when everything that the stock recipe needs is there, 3 when something is missing.

Examples:
  bootlap doctor
  bootlap doctor --json | jq -r 'select(.verdict != "ok") | .advice'`;

/** `bootlap doctor` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  addWorkspaceOption(command)
    .option('--json', 'print one JSON object for each check')
    .addHelpText('after', EXAMPLES)
    .action(async (options: DoctorOptions) => report(await examine(session, options)));
}

async function examine(session: Session, options: DoctorOptions): Promise<ExitStatus> {
  const checks = [
    checkNode(),
    ...(await checkNeeds()),
    ...checkPackageSources(),
    ...checkStorage(workspaceFolder(options)),
    ...checkMachine(),
  ];
  const lines =
    options.json === true ? checks.map((check) => JSON.stringify(check)) : checkLines(checks, session.output);
  session.output.write(`${lines.join('\n')}\n`);
  return worst(checks);
}

function worst(checks: readonly Check[]): ExitStatus {
  return checks.some(({ verdict }) => verdict === 'missing') ? EXIT_STATUS.hostNotFit : EXIT_STATUS.done;
}
