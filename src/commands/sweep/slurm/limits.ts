import type { Failure } from '../../../core/failure.js';
import { failed, success, type Result } from '../../../core/result.js';
import { slurmCommand } from './command.js';

/** Slurm's own default of MaxArraySize. */
const USUAL = 1001;

/** How many tasks an array may have. Where Slurm does not say so, as many as it usually may. */
export async function mostTasks(signal: AbortSignal): Promise<Result<number, Failure>> {
  const answer = await slurmCommand('scontrol', ['show', 'config'], { signal });
  if (!answer.ok) {
    return answer.failure.reason === 'command-failed' ? success(USUAL - 1) : failed(answer.failure);
  }
  return success(mostTasksIn(answer.value.stdout));
}

/** The same, of what scontrol has printed: the highest index is one below MaxArraySize. */
export function mostTasksIn(text: string): number {
  const size = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1] ?? USUAL);
  return Math.max(1, size - 1);
}
