import type { BootsFailed } from '../core/failures/measure.js';
import type { BootMethod, PlannedBoot } from './boot-plan.js';
import type { Sample } from './samples.js';

/** Boots of one method to one point, of one side or cell where there are several. */
interface Kind extends Pick<PlannedBoot, 'arm' | 'cell'> {
  readonly method: BootMethod;
  readonly point: string;
  failed: number;
  reached: number;
  /** Without warm-up, as far as it is looked ahead in the plan. */
  planned: number;
}

/** Which kind of boot it is: what counts as failed is counted for each. */
export function kindOf({ arm, cell, method, point }: PlannedBoot): string {
  return [arm ?? '', cell ?? '', method, point].join('\n');
}

/** What a tally goes by. */
export interface TallyRequest {
  readonly plan: readonly PlannedBoot[];
  /** Share of failed boots, 0 to 1, above which the figures are invalid. */
  readonly maxFailed: number;
  /**
   * Blocks that count after which a measurement could be over, where a rule ends it before its plan does: too many
   * failures is what would be too many if it were over then. It is doubled when the boots get there.
   */
  readonly lookAhead?: number;
}

/** Counts how the boots of a plan come out, in constant time for each. */
export class Tally {
  private readonly kinds = new Map<string, Kind>();
  private last: Sample | undefined;
  /** How many boots of the plan are counted as planned. */
  private seen = 0;
  private begun: number | undefined;

  constructor(
    private readonly request: TallyRequest,
    private horizon = request.lookAhead ?? Number.POSITIVE_INFINITY,
  ) {
    request.plan.filter(({ warmup }) => !warmup).forEach((planned) => this.kindFor(planned));
    this.look();
  }

  /** Counts the next boot of the plan. */
  add(sample: Sample): void {
    if (sample.warmup) {
      return;
    }
    this.begun ??= sample.block;
    while (sample.block - this.begun >= this.horizon) {
      this.horizon *= 2;
      this.look();
    }
    this.kindFor(sample)[sample.outcome === 'reached' ? 'reached' : 'failed'] += 1;
    if (sample.outcome !== 'reached') {
      this.last = sample;
    }
  }

  /** True where every kind of boot of the plan had one that came through. */
  get isComplete(): boolean {
    return [...this.kinds.values()].every(({ reached }) => reached > 0);
  }

  /**
   * Whether the mean of the shares of the kinds of boots is above the limit, whatever the other planned boots come to.
   * Over all boots alike, those of a point with few boots could all but one fail and hardly show.
   */
  get hasTooManyFailed(): boolean {
    const kinds = [...this.kinds.values()].filter(({ planned }) => planned > 0);
    const most = Math.max(...kinds.map(({ planned }) => planned));
    // Whole numbers where all kinds have the same number of boots: a sum of fractions would be off at the limit.
    const weighted = kinds.reduce((sum, { failed, planned }) => sum + (failed * most) / planned, 0);
    return weighted > this.request.maxFailed * kinds.length * most;
  }

  /** Nothing more is booted: what was booted is all that was planned. */
  end(): void {
    for (const kind of this.kinds.values()) {
      kind.planned = Math.max(1, kind.reached + kind.failed);
    }
  }

  /** The failure that says so. */
  failure(): BootsFailed {
    const kinds = [...this.kinds.values()];
    const sum = (of: (kind: Kind) => number): number => kinds.reduce((total, kind) => total + of(kind), 0);
    return {
      reason: 'boots-failed',
      failed: sum(({ failed }) => failed),
      boots: sum(({ planned }) => planned),
      points: kinds.filter(({ failed }) => failed > 0).map(toldOf),
      console: [...(this.last?.console ?? []), ...(this.last?.errors ?? [])],
    };
  }

  /** Counts the planned boots up to the horizon. */
  private look(): void {
    const { plan } = this.request;
    const first = plan.find(({ warmup }) => !warmup)?.block ?? 0;
    for (let next = plan[this.seen]; next !== undefined && next.block - first < this.horizon; next = plan[this.seen]) {
      this.seen += 1;
      if (!next.warmup) {
        this.kindFor(next).planned += 1;
      }
    }
  }

  private kindFor(planned: PlannedBoot): Kind {
    const key = kindOf(planned);
    const known = this.kinds.get(key);
    if (known !== undefined) {
      return known;
    }
    const { arm, cell, method, point } = planned;
    const mark = { ...(arm === undefined ? {} : { arm }), ...(cell === undefined ? {} : { cell }) };
    const kind = { ...mark, method, point, failed: 0, reached: 0, planned: 0 };
    this.kinds.set(key, kind);
    return kind;
  }
}

function toldOf({ arm, cell, point, method, failed, planned }: Kind): BootsFailed['points'][number] {
  return {
    ...(arm === undefined ? {} : { arm }),
    ...(cell === undefined ? {} : { cell }),
    point,
    ...(method === 'trace' ? { traced: true as const } : {}),
    failed,
    boots: planned,
  };
}
