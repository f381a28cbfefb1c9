import { seededRandom, shuffled } from './random.js';

/** How a boot shows its points: `exit`, it ends at one of them; `trace`, it comes through all of them. */
export type BootMethod = 'exit' | 'trace';

/** How a measurement is done; `both`: boots of the two kinds, interleaved. */
export type MeasuringMethod = BootMethod | 'both';

/** A side of a comparison whose boots are interleaved. */
export type ArmName = 'a' | 'b';

/** One boot that has to be done, in the order of the plan. */
export interface PlannedBoot {
  /** From 0, in the order of booting. */
  readonly boot: number;
  /** From 0. A block holds every point once, but for one that gets fewer boots and is not in every block. */
  readonly block: number;
  /** True: it only warms up the machine's caches and is in no statistics. */
  readonly warmup: boolean;
  readonly method: BootMethod;
  /** Which side of a comparison it is of; missing in a measurement of its own. */
  readonly arm?: ArmName;
  /** Name of the cell of the recipe's matrix that it is of; missing where there is no matrix. */
  readonly cell?: string;
  /** Name of the point at which it has to end; the last one for a traced boot, which comes through all of them. */
  readonly point: string;
}

/** What determines a plan, wholly. */
export interface PlanRequest {
  readonly method: MeasuringMethod;
  /** In the order in which a boot comes through them. */
  readonly points: readonly string[];
  /** Boots for each point that count, where no rule ends it before. A traced boot counts for every point. */
  readonly boots: number;
  /**
   * Point -> its boots that count, for those that get fewer than `boots`; missing where all get the same. Of no
   * effect on traced boots, each of which has every point.
   */
  readonly fewer?: Readonly<Record<string, number>>;
  /** How many boots of the others `fewer` goes with; missing where that is `boots`. */
  readonly of?: number;
  /** Boots for each point before those. */
  readonly warmup: number;
  readonly seed: number;
}

/**
 * The boots of a measurement: warm-up blocks, then the blocks that count, each with every point once in an order
 * of its own. Points that ran one series after the other would differ by what the machine drifts in between;
 * in blocks the drift meets all of them alike. A point that gets fewer boots is spread evenly over the blocks.
 * With `trace` a block is one boot; with `both` it is one for each point and a traced one, in an order of its own.
 */
export function bootPlan(request: PlanRequest): PlannedBoot[] {
  const { boots, warmup, seed } = request;
  const random = seededRandom(seed);
  const plan: PlannedBoot[] = [];
  for (let block = 0; block < warmup + boots; block++) {
    for (const kind of shuffled(dueIn(request, block), random)) {
      plan.push({ boot: plan.length, block, warmup: block < warmup, ...kind });
    }
  }
  return plan;
}

type BootKind = Pick<PlannedBoot, 'method' | 'point'>;

function dueIn(request: PlanRequest, block: number): BootKind[] {
  const { warmup } = request;
  return kindsOf(request).filter((kind) => block < warmup || isDue(request, kind, block - warmup));
}

function kindsOf({ method, points }: PlanRequest): BootKind[] {
  const exits = points.map((point): BootKind => ({ method: 'exit', point }));
  const traced = points.slice(-1).map((point): BootKind => ({ method: 'trace', point }));
  return [...(method === 'trace' ? [] : exits), ...(method === 'exit' ? [] : traced)];
}

/** Whether a kind of boot is in a block that counts; of `boots` blocks, as many as it gets boots. */
function isDue(request: PlanRequest, kind: BootKind, block: number): boolean {
  const { own, of } = shareOf(request, kind);
  return Math.floor(((block + 1) * own) / of) > Math.floor((block * own) / of);
}

/** In how many of how many blocks a kind of boot is. */
function shareOf({ boots, fewer, of = boots }: PlanRequest, { method, point }: BootKind): { own: number; of: number } {
  return { own: method === 'trace' ? of : (fewer?.[point] ?? of), of };
}

/** Boots of a kind that count. */
function bootsOf(request: PlanRequest, kind: BootKind): number {
  const { own, of } = shareOf(request, kind);
  return Math.floor((request.boots * own) / of);
}

/** All boots of a plan, those of the warm-up among them. */
export function countBoots(request: PlanRequest): number {
  return kindsOf(request).reduce((sum, kind) => sum + bootsOf(request, kind) + request.warmup, 0);
}
