import type { BootMethod } from '../measure/boot-plan.js';
import { durationIn, type Sample } from '../measure/samples.js';
import { median } from '../measure/statistics/describe.js';
import { mannWhitney } from '../measure/statistics/rank-sum.js';
import type { SessionsApart } from './warnings.js';

/** What is looked for in the boots of several sessions. */
export interface SessionsRequest {
  readonly samples: readonly Sample[];
  /** The last one, which stands for the whole boot. */
  readonly point: string;
  readonly method: BootMethod;
  /** How likely a warning is by chance, all sessions together. */
  readonly chance: number;
  /** Share of the median below which a difference does not matter. */
  readonly matters: number;
}

/** With fewer boots on a side, not even the clearest difference is too clear for chance. */
const FEWEST = 4;

/** The session that is furthest apart from those before it; `undefined` where none is, or where there is one only. */
export function sessionsApart({ samples, point, method, chance, matters }: SessionsRequest): SessionsApart | undefined {
  const sessions = new Map<number, number[]>();
  for (const sample of samples) {
    const duration = durationIn(sample, point, method);
    if (duration !== undefined) {
      const own = sessions.get(sample.session) ?? [];
      own.push(duration);
      sessions.set(sample.session, own);
    }
  }
  const all = [...sessions];
  const found = all.slice(1).flatMap(([session, own], index): SessionsApart[] => {
    const before = all.slice(0, index + 1).flatMap(([, durations]) => durations);
    if (own.length < FEWEST || before.length < FEWEST) {
      return [];
    }
    const middle = median(before);
    const difference = Math.round(median(own) - middle);
    return Math.abs(difference) > matters * middle && mannWhitney(before, own).p < chance / (all.length - 1)
      ? [{ kind: 'sessions-apart', point, session, sessions: all.length, difference, median: Math.round(middle) }]
      : [];
  });
  return found.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference)).at(0);
}
