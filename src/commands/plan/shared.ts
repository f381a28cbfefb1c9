import { mkdirSync } from 'node:fs';
import type { RunEvent } from '../../core/event.js';
import type { Failure } from '../../core/failure.js';
import type { Result } from '../../core/result.js';
import { planPipeline, type PipelineRequest, type PlannedStep, type PlanRequest } from '../../engine/index.js';
import { attempt, remove } from '../../system/files.js';
import type { Session } from '../session.js';

/** A plan is not worth more: what was not answered by then counts as not there. */
const MOST_MILLISECONDS = 10_000;

/** A shared cache to ask, and a folder of the caller's that is not there yet: a run may be under way in the workspace. */
export interface Asking {
  readonly session: Session;
  readonly share: NonNullable<PipelineRequest['share']>;
  readonly scratch: string;
}

/** A plan for which a shared cache is asked; what is wrong with it is told on standard error. Nothing is brought. */
export async function planWithShared(
  { session, share, scratch }: Asking,
  request: PlanRequest,
): Promise<Result<PlannedStep[], Failure>> {
  const late = AbortSignal.timeout(MOST_MILLISECONDS);
  const shared = share((event) => warn(session, event), late);
  const made = attempt(scratch, () => mkdirSync(scratch, { mode: 0o700 }));
  if (!made.ok) {
    return made;
  }
  try {
    const planned = await planPipeline({ ...request, shared });
    if (late.aborted) {
      const text = `the shared cache ${shared.host} did not answer in time: what it has is not in this plan`;
      warn(session, { event: 'notice', level: 'warning', text });
    }
    return planned;
  } finally {
    remove(scratch);
  }
}

function warn({ errors }: Session, event: RunEvent): void {
  if (event.event === 'notice' && event.level === 'warning') {
    errors.write(`${errors.paint.yellow('warning')}: ${event.text}\n`);
  }
}
