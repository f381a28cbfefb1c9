import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from '../../core/step.js';
import type { PlannedBoot } from '../../measure/boot-plan.js';
import { readHost, type HostRecord } from '../../measure/host.js';
import type { SessionRecord } from '../../measure/measurement-record.js';
import type { Sample } from '../../measure/samples.js';
import { attempt, readTextIfThere } from '../../system/files.js';

const NAME = 'sessions.ndjson';

/** What the host was like when a session began. */
interface SessionHost {
  readonly session: number;
  readonly host: HostRecord;
}

/** What is known as a session begins. */
export interface SessionBeginning {
  /** Boots of earlier sessions: so many of the plan's first ones. */
  readonly found: number;
  readonly plan: readonly Pick<PlannedBoot, 'warmup'>[];
  /** Boots of the whole plan; missing where a rule decides how many there are. */
  readonly total?: number;
  readonly context: StepContext;
}

/** Writes down what the host is like as a session of boots begins, and tells what is there already. Throws system errors. */
export function beginSession(session: number, { found, plan, total, context }: SessionBeginning): void {
  const path = join(context.resumeFolder, NAME);
  const line = `${JSON.stringify({ session, host: readHost() } satisfies SessionHost)}\n`;
  if (session === 1) {
    writeFileSync(path, line);
  } else {
    appendFileSync(path, line);
  }
  if (found > 0) {
    const warmups = plan.slice(0, found).filter(({ warmup }) => warmup).length;
    const apart = warmups === 0 ? '' : ` (${warmups} of the warm-up)`;
    const left = total === undefined ? '' : `, ${total - found} are made now`;
    context.news(`${found} boots are there from before${apart}${left}`);
  }
}

/** What the host was like before the first boot of each session that was written down. */
export function sessionHosts({ resumeFolder }: StepContext): ReadonlyMap<number, HostRecord> {
  const path = join(resumeFolder, NAME);
  const text = attempt(path, () => readTextIfThere(path) ?? '');
  const found = (text.ok ? text.value : '').split('\n').flatMap(parsed);
  return new Map(found.map(({ session, host }) => [session, host]));
}

function parsed(line: string): SessionHost[] {
  try {
    return [JSON.parse(line) as SessionHost];
  } catch {
    // The end of the file, or a line that a kill has torn.
    return [];
  }
}

/** The sessions that samples are from, in order. */
export function sessionRecords(samples: readonly Sample[], hosts: ReadonlyMap<number, HostRecord>): SessionRecord[] {
  const found = new Map<number, { boots: number; firstBootAt: string; lastBootAt: string }>();
  for (const { session, at } of samples) {
    const { boots, firstBootAt } = found.get(session) ?? { boots: 0, firstBootAt: at };
    found.set(session, { boots: boots + 1, firstBootAt, lastBootAt: at });
  }
  return [...found].map(([session, counted]) => ({ session, ...counted, ...stateOf(hosts.get(session)) }));
}

function stateOf(host: HostRecord | undefined): Pick<SessionRecord, 'load' | 'governor' | 'turbo'> {
  const { load, governor, turbo } = host ?? {};
  return {
    ...(load === undefined ? {} : { load }),
    ...(governor === undefined ? {} : { governor }),
    ...(turbo === undefined ? {} : { turbo }),
  };
}
