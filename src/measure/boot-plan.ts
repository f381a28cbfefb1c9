import { seededRandom, shuffled } from './random.js';

/** One boot that has to be done, in the order of the plan. */
export interface PlannedBoot {
  /** From 0, in the order of booting. */
  readonly boot: number;
  /** From 0. A block holds every point once. */
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
  /** Boots for each point before those. */
  readonly warmup: number;
  readonly seed: number;
}

/**
 * The boots of a measurement: warm-up blocks, then the blocks that count, each with every point once in an order
 * of its own. Points that ran one series after the other would differ by what the machine drifts in between;
 * in blocks the drift meets all of them alike.
 */
export function bootPlan({ points, boots, warmup, seed }: PlanRequest): PlannedBoot[] {
  const random = seededRandom(seed);
  const plan: PlannedBoot[] = [];
  for (let block = 0; block < warmup + boots; block++) {
    for (const point of shuffled(points, random)) {
      plan.push({ boot: plan.length, block, warmup: block < warmup, point });
    }
  }
  return plan;
}
