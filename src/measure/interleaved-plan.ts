import { bootPlan, type ArmName, type MeasuringMethod, type PlannedBoot, type PlanRequest } from './boot-plan.js';
import { seededRandom, shuffled } from './random.js';

/** Each side of a comparison. */
export type Arms<T> = Readonly<Record<ArmName, T>>;

/**
 * The boots of two measurements as one: each block holds the boots of both that belong to it, in an order of its own, so
 * that what the machine drifts meets both alike.
 */
export function interleavedPlan({ a, b }: Arms<PlanRequest>): PlannedBoot[] {
  const random = seededRandom(a.seed);
  const both = [...marked('a', bootPlan(a)), ...marked('b', bootPlan(b))];
  const blocks = both.reduce((most, { block }) => Math.max(most, block + 1), 0);
  const plan: PlannedBoot[] = [];
  for (let block = 0; block < blocks; block++) {
    for (const planned of shuffled(
      both.filter((boot) => boot.block === block),
      random,
    )) {
      plan.push({ ...planned, boot: plan.length });
    }
  }
  return plan;
}

function marked(arm: ArmName, plan: readonly PlannedBoot[]): PlannedBoot[] {
  return plan.map((planned) => ({ ...planned, arm }));
}

/** The method that two probed VMs can both be measured by: their own where it is the same, traces where both have them. */
export function commonMethod(a: MeasuringMethod, b: MeasuringMethod): MeasuringMethod {
  if (a === b) {
    return a;
  }
  return a !== 'exit' && b !== 'exit' ? 'trace' : 'exit';
}
