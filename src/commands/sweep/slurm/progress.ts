import type { SweepJob } from '../document.js';
import type { Elsewhere } from '../executor.js';
import type { QueuedTask } from './queue.js';
import { standingOf, waitingWords } from './standing.js';

/** More nodes than these are counted only. */
const MOST_NODES = 8;
/** So many jobs change all the time: of more, a line comes every half minute at most. */
const FEW = 20;
const PAUSE = 30_000;

/** How far a wave is. */
export interface Count {
  readonly kind: SweepJob['kind'] | undefined;
  readonly through: number;
  readonly all: number;
}

/** Tells the user how jobs stand, whenever that has changed, and of spells in which Slurm takes or says nothing. */
export class Progress {
  private line = '';
  private at = 0;
  private trouble: string | undefined;

  constructor(private readonly tell: Elsewhere['tell']) {}

  /** Gives whether anything has changed since the last time. */
  show({ kind, through, all }: Count, tasks: readonly QueuedTask[]): boolean {
    const what = `${kind === 'build' ? 'build' : 'session'}${all === 1 ? '' : 's'}`;
    const line = `Slurm: ${[`${through} of ${all} ${what} through`, ...runningWords(tasks), ...waitingLines(tasks)].join(', ')}`;
    if (line === this.line) {
      return false;
    }
    if (all <= FEW || through === all || Date.now() - this.at > PAUSE) {
      this.tell(line);
      this.at = Date.now();
    }
    this.line = line;
    return true;
  }

  /** Slurm is as it should not be; said once for each spell. */
  isTroubled(kind: 'full' | 'limit' | 'silent', words: string): void {
    if (this.trouble !== kind) {
      this.trouble = kind;
      const what = kind === 'silent' ? 'Slurm does not answer' : 'Slurm takes no more jobs for now';
      this.tell(`${what} (${words}); it is asked again until it does`, 'warning');
    }
  }

  isWell(): void {
    if (this.trouble !== undefined) {
      this.tell(this.trouble === 'silent' ? 'Slurm answers again' : 'Slurm takes jobs again');
      this.trouble = undefined;
    }
  }
}

function runningWords(tasks: readonly QueuedTask[]): string[] {
  const running = tasks.filter((task) => standingOf(task) === 'running');
  const nodes = [...new Set(running.map(({ node }) => node))].filter((node) => node !== '').sort();
  if (running.length === 0) {
    return [];
  }
  const where = nodes.length > MOST_NODES ? `${nodes.length} nodes` : nodes.join(', ');
  return [`${running.length} under way${where === '' ? '' : ` on ${where}`}`];
}

function waitingLines(tasks: readonly QueuedTask[]): string[] {
  const counts = new Map<string, number>();
  for (const task of tasks.filter((each) => standingOf(each) === 'waiting')) {
    const words = waitingWords(task.reason);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => `${count} waiting${words === '' ? '' : ` (${words})`}`);
}
