import { seededRandom, shuffled } from './random.js';

/** One boot that has to be done, in the order of the plan. */
export interface PlannedBoot {
  /** From 0, in the order of booting. */
  readonly boot: number;
  /** From 0. A block holds every point once, but for one that gets fewer boots and is not in every block. */
  readonly block: number;
  /** True: it only warms up the machine's caches and is in no statistics. */
  readonly warmup: boolean;
  /** Name of the point at which it has to end. */
  readonly point: string;
}

/** What determines a plan, wholly. */
export interface PlanRequest {
  readonly points: readonly string[];
  /** Boots for each point that count. */
  readonly boots: number;
  /** Point -> its boots that count, for those that get fewer than `boots`; missing where all get the same. */
  readonly fewer?: Readonly<Record<string, number>>;
  /** Boots for each point before those. */
  readonly warmup: number;
  readonly seed: number;
}

/**
 * The boots of a measurement: warm-up blocks, then the blocks that count, each with every point once in an order
 * of its own. Points that ran one series after the other would differ by what the machine drifts in between;
 * in blocks the drift meets all of them alike. A point that gets fewer boots is spread evenly over the blocks.
 */
export function bootPlan(request: PlanRequest): PlannedBoot[] {
  const { points, boots, warmup, seed } = request;
  const random = seededRandom(seed);
  const plan: PlannedBoot[] = [];
  for (let block = 0; block < warmup + boots; block++) {
    const due = points.filter((point) => block < warmup || isDue(request, point, block - warmup));
    for (const point of shuffled(due, random)) {
      plan.push({ boot: plan.length, block, warmup: block < warmup, point });
    }
  }
  return plan;
}

/** Whether a point is in a block that counts; of `boots` blocks, as many as it gets boots. */
function isDue(request: PlanRequest, point: string, block: number): boolean {
  const own = bootsOf(request, point);
  return Math.floor(((block + 1) * own) / request.boots) > Math.floor((block * own) / request.boots);
}

/** Boots of a point that count. */
export function bootsOf({ boots, fewer }: PlanRequest, point: string): number {
  return fewer?.[point] ?? boots;
}

/** All boots of a plan, those of the warm-up among them. */
export function countBoots(request: PlanRequest): number {
  return request.points.reduce((sum, point) => sum + bootsOf(request, point) + request.warmup, 0);
}
