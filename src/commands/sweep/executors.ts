import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Session } from '../session.js';
import type { SweepPlan } from './document.js';
import type { Elsewhere, SweepExecutor } from './executor.js';
import { Handovers } from './handover.js';
import { makeSweepKeys } from './job-share.js';
import type { SweepFolder } from './state.js';

/** Each is loaded only when it is used. */
const MAKERS: Readonly<Partial<Record<SweepPlan['executor'], (elsewhere: Elsewhere) => Promise<SweepExecutor>>>> = {
  slurm: async (elsewhere) => new (await import('./slurm/executor.js')).SlurmExecutor(elsewhere),
  ssh: async (elsewhere) => new (await import('./ssh/executor.js')).SshExecutor(elsewhere),
};

/** A sweep whose jobs run elsewhere. */
interface ElsewhereRequest {
  readonly session: Session;
  readonly folder: SweepFolder;
  readonly plan: SweepPlan;
  readonly options: { readonly json?: true; readonly jobs?: string; readonly offline?: true };
}

/** What carries the jobs of a sweep out on other hosts. Fails where the sweep's folder cannot be written. */
export async function executorElsewhere({
  session,
  folder,
  plan,
  options,
}: ElsewhereRequest): Promise<Result<SweepExecutor, Failure>> {
  const maker = MAKERS[plan.executor];
  if (maker === undefined) {
    return failed({ reason: 'usage', message: `nothing carries jobs out elsewhere by "${plan.executor}"` });
  }
  const keys = makeSweepKeys(folder.path);
  if (!keys.ok) {
    return keys;
  }
  const handovers = new Handovers({ folder, plan, offline: options.offline === true, builders: options.jobs });
  const tell: Elsewhere['tell'] = (text, level = 'info') => {
    const line = options.json === true ? JSON.stringify({ event: 'notice', level, text }) : text;
    (level === 'warning' && options.json !== true ? session.errors : session.output).write(`${line}\n`);
  };
  return success(await maker({ session, folder, plan, handovers, tell }));
}
