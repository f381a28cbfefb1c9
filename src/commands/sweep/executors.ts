import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Session } from '../session.js';
import type { SweepPlan } from './document.js';
import type { Elsewhere, SweepExecutor } from './executor.js';
import { Handovers } from './handover.js';
import { makeSweepKeys } from './job-share.js';
import { mailboxFor } from '../share.js';
import { Post } from './post.js';
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
  /** Absolute. */
  readonly workspace: string;
  readonly options: { readonly json?: true; readonly jobs?: string; readonly offline?: true };
}

/** What carries the jobs of a sweep out on other hosts. Fails where the sweep's folder cannot be written. */
export async function executorElsewhere({
  session,
  folder,
  plan,
  workspace,
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
  const tell: Elsewhere['tell'] = (text, level = 'info') => {
    const line = options.json === true ? JSON.stringify({ event: 'notice', level, text }) : text;
    (level === 'warning' && options.json !== true ? session.errors : session.output).write(`${line}\n`);
  };
  const post = plan.hosts.results === 'cache' ? await postOf({ folder, plan, workspace, tell }) : success(undefined);
  if (!post.ok) {
    return post;
  }
  const common = { folder, plan, offline: options.offline === true, builders: options.jobs };
  const handovers = new Handovers({ ...common, post: post.value });
  const executor = await maker({ session, folder, plan, handovers, tell });
  return success(post.value === undefined ? executor : byPost(executor, handovers, post.value));
}

async function postOf({
  workspace,
  ...options
}: Pick<Elsewhere, 'folder' | 'plan' | 'tell'> & { readonly workspace: string }): Promise<Result<Post, Failure>> {
  const mailbox = await mailboxFor(workspace);
  return mailbox.ok
    ? success(new Post({ ...options, mailbox: mailbox.value((text) => options.tell(text, 'warning')) }))
    : mailbox;
}

/** What is handed over has been sent before it is carried out. Nothing is handed over ahead of its time. */
function byPost(executor: SweepExecutor, handovers: Handovers, post: Post): SweepExecutor {
  return {
    carryOut: async ({ jobs }, signal) => {
      const handed = handovers.handOver(jobs);
      for (const handover of handed.ok ? handed.value : []) {
        const sent = await post.send(handover, signal);
        if (!sent.ok) {
          return sent;
        }
      }
      return handed.ok ? executor.carryOut({ jobs, then: [] }, signal) : handed;
    },
    cancel: () => executor.cancel(),
  };
}
