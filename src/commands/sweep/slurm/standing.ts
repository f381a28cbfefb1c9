import type { QueuedTask } from './queue.js';

const ENDED = new Set([
  'COMPLETED',
  'FAILED',
  'TIMEOUT',
  'NODE_FAIL',
  'CANCELLED',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
  'REVOKED',
]);

/** How it is with a task: `stuck` is one that waits and will never be started. */
export function standingOf({ state, reason }: QueuedTask): 'waiting' | 'running' | 'stuck' | 'ended' {
  if (ENDED.has(state)) {
    return 'ended';
  }
  if (state !== 'PENDING' && !state.startsWith('REQUEUE')) {
    return 'running';
  }
  return /requeued held|DependencyNeverSatisfied/i.test(reason) || state === 'REQUEUE_HOLD' ? 'stuck' : 'waiting';
}

/** What came of a job in each of these states, said of `job 7_1 on n1`. */
const LOSSES: ReadonlyMap<string, (job: string, node: string) => string> = new Map([
  ['TIMEOUT', (job) => `${job} took longer than its time limit`],
  ['NODE_FAIL', (job, node) => `${node === '' ? 'the node' : node} was lost while ${job} was under way`],
  ['CANCELLED', (job) => `${job} was cancelled by somebody else`],
  ['OUT_OF_MEMORY', (job) => `${job} took more memory than Slurm had given it`],
  ['PREEMPTED', (job) => `${job} had to make room for another`],
  ['COMPLETED', (job) => `${job} came to its end and left nothing`],
]);

/** Why a task that has ended, or is stuck, has left no outcome: a sentence. Without one: Slurm knows nothing of it. */
export function lossWords(task: QueuedTask | undefined): string {
  if (task === undefined) {
    return 'Slurm does not know the job any more, and it has left nothing';
  }
  const { array, index, state, node, reason } = task;
  const job = `job ${array}_${index}${node === '' ? '' : ` on ${node}`}`;
  const words = LOSSES.get(state);
  if (words !== undefined) {
    return words(job, node);
  }
  const why = reason === '' || reason === 'None' ? state : `${state}, ${reason}`;
  return state === 'FAILED' ? `${job} ended before it was through (${why})` : `Slurm did not carry out ${job} (${why})`;
}

/** Reasons to wait that no end of other jobs helps. */
const HOPELESS = /^(?:BadConstraints|PartitionConfig|PartitionNodeLimit|PartitionTimeLimit|InvalidAccount|InvalidQOS)/;

/** Why tasks wait, in Slurm's word, and what it means where it does not pass by itself. */
export function waitingWords(reason: string): string {
  if (HOPELESS.test(reason)) {
    return `${reason}: as they are asked for, no node can take them`;
  }
  return reason === 'None' ? '' : reason;
}
