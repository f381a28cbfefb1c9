import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import { failed, type Result } from '../core/result.js';
import { collectCache, listCache, openWorkspace, takeLock, verifyCache, type Workspace } from '../engine/index.js';
import { attempt } from '../system/files.js';
import { cacheCheckLines, cacheListLines, collectedLines } from '../ui/cache-tables.js';
import { parseSize } from '../ui/quantities.js';
import { addWorkspaceOption, type WorkspaceOption } from './options.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';
import { workspaceFolder } from './workspace-folder.js';

interface CacheOptions extends WorkspaceOption {
  readonly json?: true;
}

const DEFAULT_SIZE = '10G';

const EXAMPLES = `
Examples:
  bootlap cache ls
  bootlap cache verify                         read every byte and check it
  bootlap cache gc --max-size 2G               drop what was used least recently`;

/** `bootlap cache ls|verify|gc` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command.addHelpText('after', EXAMPLES);
  addJson(command.command('ls').description('list the results in the cache, the most recently used first')).action(
    async (options: CacheOptions) => report(await list(session, options)),
  );
  addJson(command.command('verify').description('check every byte in the cache and throw away what is damaged')).action(
    async (options: CacheOptions) => report(await verify(session, options)),
  );
  addJson(
    command
      .command('gc')
      .description(
        'bring results, kept trees, downloads, compilations, boots to go on with and old sweeps under a size',
      ),
  )
    .option('--max-size <size>', 'such as 500M or 5G', DEFAULT_SIZE)
    .action(async (options: CacheOptions & { maxSize: string }) => report(await collect(session, options)));
}

function addJson(command: Command): Command {
  return addWorkspaceOption(command).option('--json', 'print JSON, one object a line');
}

async function list(session: Session, options: CacheOptions): Promise<ExitStatus> {
  const entries = withWorkspace(options, listCache);
  return entries.ok
    ? print(session, options, { records: entries.value, lines: cacheListLines(entries.value, Date.now()) })
    : fail(session, entries.failure);
}

async function verify(session: Session, options: CacheOptions): Promise<ExitStatus> {
  const check = await withLock(session, options, verifyCache);
  return check.ok
    ? print(session, options, { records: [check.value], lines: cacheCheckLines(check.value) })
    : fail(session, check.failure);
}

async function collect(session: Session, options: CacheOptions & { maxSize: string }): Promise<ExitStatus> {
  const bytes = parseSize(options.maxSize);
  if (bytes === undefined) {
    const message = `--max-size ${options.maxSize} is not a size`;
    return fail(session, { reason: 'usage', message, hint: 'for example --max-size 500M or --max-size 5G' });
  }
  const collected = await withLock(session, options, (workspace) => collectCache(workspace, bytes));
  return collected.ok
    ? print(session, options, { records: [collected.value], lines: collectedLines(collected.value) })
    : fail(session, collected.failure);
}

/** The same findings for a program and for a person. */
interface Findings {
  readonly records: readonly object[];
  readonly lines: readonly string[];
}

function print(session: Session, { json }: CacheOptions, { records, lines }: Findings): ExitStatus {
  const chosen = json === true ? records.map((record) => JSON.stringify(record)) : lines;
  session.output.write(chosen.map((line) => `${line}\n`).join(''));
  return EXIT_STATUS.done;
}

function withWorkspace<T>(options: CacheOptions, work: (workspace: Workspace) => T): Result<T, Failure> {
  const workspace = openWorkspace(workspaceFolder(options));
  return workspace.ok ? attempt(workspace.value.folder, () => work(workspace.value)) : workspace;
}

/** Holds the workspace meanwhile: nothing that a run in progress uses may go. */
async function withLock<T>(
  session: Session,
  options: CacheOptions,
  work: (workspace: Workspace) => T,
): Promise<Result<T, Failure>> {
  const folder = workspaceFolder(options);
  const opened = openWorkspace(folder);
  if (!opened.ok) {
    return opened;
  }
  const lock = await takeLock({
    folder,
    command: session.commandLine,
    wait: true,
    signal: session.interruption(),
    onWait: ({ pid, command }) =>
      session.errors.write(`waiting for another run in this workspace: process ${pid} (${command})\n`),
  });
  if (!lock.ok) {
    return failed(lock.failure);
  }
  try {
    return withWorkspace(options, work);
  } finally {
    await lock.value.release();
  }
}
