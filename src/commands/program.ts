import type { Command, CommanderError } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import { nearest } from '../core/nearest.js';
import { CATALOGUE } from './catalogue.js';
import { complaintOf, isCommanderError, settle } from './commander.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';
import { ownVersion } from './version.js';

/** Runs the command that these arguments name and returns the exit status of the process. Throws for bugs only. */
export async function runCommandLine(words: readonly string[], session: Session): Promise<ExitStatus> {
  let status: ExitStatus = EXIT_STATUS.done;
  const program = await declareProgram(words, session, (reported) => (status = reported));
  if (words.length === 0) {
    program.outputHelp();
    return status;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return status;
  } catch (error) {
    if (isCommanderError(error)) {
      return error.exitCode === 0 ? EXIT_STATUS.done : fail(session, usageFailure(error, program, words));
    }
    throw error;
  }
}

const EXAMPLES = `
Examples:
  bootlap run                              the recipe "stock", with what this machine has
  bootlap run --set measure.boots=50       the same with more boots
  bootlap run --with kernel=~/linux        with a kernel of your own
  bootlap plan                             what would run now, and why
  bootlap doctor                           what this machine lacks

Exit status: 0 done, 1 a step failed, 2 wrong usage or recipe, 3 the machine is not fit,
4 network or digest, 5 the measurement is not valid, 6 all is built, but this machine cannot measure it,
10 a regression beyond --fail-if, 11 too few boots to tell, 12 a bundle is not what it says,
130 interrupted, 70 a bug in bootlap.`;

async function declareProgram(
  words: readonly string[],
  session: Session,
  report: (status: ExitStatus) => void,
): Promise<Command> {
  const { Command } = await import('commander');
  const program = new Command('bootlap')
    .description('How long from starting a VM to its first user-space instruction, and where does the time go?')
    .version(ownVersion(), '-V, --version', 'print the version')
    .addHelpText('after', EXAMPLES);
  settle(program, session);
  const called = words[0] === 'help' ? words[1] : words[0];
  for (const { name, summary, load } of CATALOGUE) {
    const command = program.command(name).description(summary);
    settle(command, session);
    if (name === called) {
      (await load()).declare(command, session, report);
      command.commands.forEach((deeper) => settle(deeper, session));
    }
  }
  return program;
}

/** commander's complaint as a failure of ours, with the nearest right word. */
function usageFailure(error: CommanderError, program: Command, words: readonly string[]): Failure {
  const command = program.commands.find((candidate) => candidate.name() === words[0]);
  if (error.code === 'commander.help') {
    const known = (command ?? program).commands.map((deeper) => deeper.name());
    return { reason: 'usage', message: `"${['bootlap', ...words].join(' ')}" needs one of ${known.join(', ')}` };
  }
  const message = complaintOf(error);
  const wrong = /"([^" ]+)[^"]*"/.exec(message)?.[1] ?? '';
  const setting = command === undefined ? undefined : settingFor(wrong, command, words);
  if (error.code === 'commander.unknownOption' && setting !== undefined) {
    return { reason: 'usage', message, hint: `that is a value of the recipe: ${setting}` };
  }
  const near = nearest(wrong, rightWords(error, command ?? program));
  const help = `"bootlap${command === undefined ? '' : ` ${command.name()}`} --help" shows what there is`;
  return { reason: 'usage', message, hint: near === undefined ? help : `did you mean "${near}"? ${help}` };
}

/** Values of a recipe that a user may take for options, by the table of the recipe that they are in. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  measure: ['boots', 'until', 'for', 'max-boots', 'warmup', 'timeout', 'method', 'seed'],
  machine: ['memory', 'cpus', 'accel', 'type', 'append'],
};

/** `--set measure.boots=5` for `--boots 5`, where the command has `--set`. */
function settingFor(option: string, command: Command, words: readonly string[]): string | undefined {
  const [name = '', value] = option.replace(/^--/, '').split('=');
  const table = Object.keys(SETTINGS).find((key) => SETTINGS[key]?.includes(name));
  if (table === undefined || !command.options.some(({ long }) => long === '--set')) {
    return undefined;
  }
  const next = words[words.indexOf(`--${name}`) + 1];
  const given = value ?? (next === undefined || next.startsWith('-') ? '...' : next);
  return `--set ${table}.${name}=${given}`;
}

function rightWords(error: CommanderError, command: Command): string[] {
  if (error.code === 'commander.unknownOption') {
    return command.options.flatMap(({ long }) => long ?? []);
  }
  return command.commands.map((deeper) => deeper.name());
}
