import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import { openWorkspace } from '../engine/index.js';
import { workingFolder } from '../system/environment.js';
import { attempt } from '../system/files.js';
import { addViewOptions, addWorkspaceOption, type ViewOptions, type WorkspaceOption } from './options.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';
import type { SweepPlan } from './sweep/document.js';
import { SweepFolder } from './sweep/state.js';
import { workspaceFolder } from './workspace-folder.js';

interface SweepOptions extends WorkspaceOption, ViewOptions {
  readonly attach?: string;
  readonly dryRun?: true;
  readonly jobs?: string;
  readonly offline?: true;
}

const EXAMPLES = `
A sweep's file names a recipe and what is varied; keys are those of --set:

  recipe: stock
  set: { measure.boots: 30 }
  matrix:
    machine.memory: [128, 512]
    kernel.points: [coarse, fine]
    with.kernel: [null, ../linux]
  exclude: [{ machine.memory: 128, kernel.points: fine }]
  include: [{ machine.cpus: 4 }]

Examples:
  bootlap sweep memory.yaml --dry-run      the cells, and what is built for them
  bootlap sweep memory.yaml                build everything, then boot all cells in turn
  bootlap sweep list                       which sweeps there are, and how far they are
  bootlap sweep status latest              what the newest has come to so far, while it is under way
  bootlap sweep --attach latest            go on with the newest sweep, or show what it came to
  bootlap sweep cancel latest              stop it; what is measured stays`;

/** `bootlap sweep FILE` and `bootlap sweep list|status|cancel` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('[file]', "the sweep's file")
    .option('--attach <id>', 'go on with a sweep that was begun; "latest" is the newest')
    .option('--dry-run', 'show the cells and the builds, and do nothing')
    .option('--offline', 'use no network; what would be needed from it is a failure')
    .option('--jobs <n>', 'how many jobs all builds together may run (default: one for each processor)');
  addViewOptions(addWorkspaceOption(command))
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: SweepOptions) => report(await sweep(session, file, options)));
  addJson(command.command('list').description('which sweeps there are, and how far they are')).action(
    async (_options: LookOptions, deeper: Command) => report(await look(session, undefined, deeper.optsWithGlobals())),
  );
  addJson(
    command
      .command('status')
      .description('what a sweep has come to so far; it may be under way')
      .argument('<id>', 'its id, or "latest"'),
  ).action(async (id: string, _options: LookOptions, deeper: Command) =>
    report(await look(session, id, deeper.optsWithGlobals())),
  );
  addWorkspaceOption(
    command
      .command('cancel')
      .description('stop a sweep; what is measured stays')
      .argument('<id>', 'its id, or "latest"'),
  ).action(async (id: string, _options: WorkspaceOption, deeper: Command) =>
    report(await cancel(session, id, deeper.optsWithGlobals())),
  );
  command
    .command('job', { hidden: true })
    .description('carry out one job of a sweep on this host; called by what carries a sweep out')
    .argument('<handover>', 'the file of the handover')
    .argument('<index>', 'place of the job in it, from 0; "ready" tells whether this host can carry any out')
    .option('--strict', 'end with 1 for a build that has failed')
    .action(async (handover: string, index: string, { strict }: { strict?: true }) =>
      report(await job(session, [handover, index], strict === true)),
    );
}

interface LookOptions extends WorkspaceOption {
  readonly json?: true;
}

function addJson(command: Command): Command {
  return addWorkspaceOption(command).option('--json', 'print JSON, one object a line');
}

async function look(session: Session, id: string | undefined, options: LookOptions): Promise<ExitStatus> {
  const { showList, showStatus } = await import('./sweep/look.js');
  const place = { workspace: workspaceFolder(options), json: options.json === true };
  return id === undefined ? showList(session, place) : showStatus(session, id, place);
}

async function sweep(session: Session, file: string | undefined, options: SweepOptions): Promise<ExitStatus> {
  const workspace = openWorkspace(workspaceFolder(options));
  if (!workspace.ok) {
    return fail(session, workspace.failure);
  }
  const { folder: path } = workspace.value;
  if (options.dryRun === true) {
    return dryRun(session, { file, options, workspace: path });
  }
  const begun = await begin({ file, options, workspace: path });
  if (!begun.ok) {
    return fail(session, begun.failure);
  }
  const { folder, plan } = begun.value;
  if (options.json !== true) {
    session.output.write(`sweep ${folder.id}: ${plan.cells.length} cells\n`);
  }
  const [{ carryOutSweep }, { reportOf, showReport, writeReport }] = await Promise.all([
    import('./sweep/front.js'),
    import('./sweep/show.js'),
  ]);
  const done = await carryOutSweep({ session, folder, plan, workspace: path, options });
  const read = attempt(folder.path, () => reportOf(folder, plan));
  const written = read.ok ? await writeReport(read.value, folder) : read;
  if (!done.ok || !read.ok || !written.ok) {
    return fail(session, firstFailure([done, read, written]));
  }
  return showReport(session, read.value, { folder, json: options.json === true });
}

function firstFailure(results: readonly Result<unknown, Failure>[]): Failure {
  const [first] = results.flatMap((result) => (result.ok ? [] : [result.failure]));
  if (first === undefined) {
    throw new Error('nothing failed');
  }
  return first;
}

/** What a command line asks for. */
interface Asked {
  readonly file: string | undefined;
  readonly options: SweepOptions;
  readonly workspace: string;
}

/** The sweep that was begun before, or a new one. */
async function begin(asked: Asked): Promise<Result<{ folder: SweepFolder; plan: SweepPlan }, Failure>> {
  const { file, options, workspace } = asked;
  if (options.attach !== undefined && file !== undefined) {
    return failed({
      reason: 'usage',
      message: 'a sweep that was begun keeps to the plan that it was begun with',
      hint: `"bootlap sweep --attach ${options.attach}" goes on with it; "bootlap sweep ${file}" begins a new one`,
    });
  }
  if (options.attach !== undefined) {
    const folder = SweepFolder.open(workspace, options.attach);
    const plan = folder.ok ? folder.value.plan() : folder;
    return folder.ok && plan.ok
      ? success({ folder: folder.value, plan: plan.value })
      : failed(firstFailure([folder, plan]));
  }
  const plan = await planned(asked);
  const folder = plan.ok ? SweepFolder.make(workspace, plan.value) : plan;
  return folder.ok && plan.ok
    ? success({ folder: folder.value, plan: plan.value })
    : failed(firstFailure([plan, folder]));
}

async function planned({ file, workspace }: Asked): Promise<Result<SweepPlan, Failure>> {
  if (file === undefined) {
    const hint = 'for example "bootlap sweep memory.yaml"; "bootlap sweep --help" shows what is in such a file';
    return failed({
      reason: 'usage',
      message: 'which sweep? Name its file, or one that was begun with --attach',
      hint,
    });
  }
  // They bring in zod and yaml.
  const [{ loadSweep }, { planSweep }] = await Promise.all([
    import('../recipe/sweep/load.js'),
    import('./sweep/plan.js'),
  ]);
  const loaded = loadSweep(resolve(workingFolder(), file));
  return loaded.ok ? planSweep(loaded.value, workspace) : loaded;
}

/** @param isStrict a build that has failed ends with 1, so that a scheduler holds back what waits for it */
async function job(session: Session, [handover, index]: [string, string], isStrict: boolean): Promise<ExitStatus> {
  const { carryOutElsewhere, tellReady } = await import('./sweep/elsewhere.js');
  if (index === 'ready') {
    const ready = await tellReady(session, handover);
    return ready.ok ? EXIT_STATUS.done : fail(session, ready.failure);
  }
  if (!/^\d{1,9}$/.test(index)) {
    return fail(session, { reason: 'usage', message: `"${index}" is no place in a handover` });
  }
  const done = await carryOutElsewhere({ session, handover, index: Number(index) });
  if (!done.ok) {
    return fail(session, done.failure);
  }
  return done.value === 'failed' && isStrict ? EXIT_STATUS.stepFailed : EXIT_STATUS.done;
}

async function dryRun(session: Session, asked: Asked): Promise<ExitStatus> {
  const plan = await planned(asked);
  if (!plan.ok) {
    return fail(session, plan.failure);
  }
  const { planLines } = await import('./sweep/show.js');
  const text = asked.options.json === true ? JSON.stringify(plan.value) : planLines(plan.value).join('\n');
  session.output.write(`${text}\n`);
  return EXIT_STATUS.done;
}

async function cancel(session: Session, id: string, options: WorkspaceOption): Promise<ExitStatus> {
  const workspace = workspaceFolder(options);
  const folder = SweepFolder.open(workspace, id);
  const plan = folder.ok ? folder.value.plan() : folder;
  // First of all, so that whoever watches hands nothing over any more.
  const cancelled = folder.ok ? attempt(folder.value.path, () => folder.value.cancel()) : folder;
  if (!folder.ok || !plan.ok || !cancelled.ok) {
    return fail(session, firstFailure([folder, cancelled, plan]));
  }
  if (plan.value.executor !== 'local') {
    const { executorElsewhere } = await import('./sweep/executors.js');
    const executor = await executorElsewhere({
      session,
      folder: folder.value,
      plan: plan.value,
      workspace,
      options: {},
    });
    const ended = executor.ok ? await executor.value.cancel() : executor;
    if (!ended.ok) {
      return fail(session, ended.failure);
    }
  }
  session.output.write(`cancelled ${folder.value.id}; what is measured stays\n`);
  return EXIT_STATUS.done;
}
