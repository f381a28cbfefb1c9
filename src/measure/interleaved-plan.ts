import { bootPlan, type ArmName, type MeasuringMethod, type PlannedBoot, type PlanRequest } from './boot-plan.js';
import { seededRandom, shuffled } from './random.js';

/** Each side of a comparison. */
export type Arms<T> = Readonly<Record<ArmName, T>>;

/** One of the measurements whose boots are interleaved, and how its boots are marked. */
export interface PlanPart {
  readonly mark: Pick<PlannedBoot, 'arm' | 'cell'>;
  readonly request: PlanRequest;
}

/**
 * The boots of several measurements as one: each block holds the boots of all of them that belong to it, in an order of
 * its own, so that what the machine drifts meets all alike. Seeded by the first. A part alone keeps its own order.
 */
export function interleavedPlan(parts: readonly PlanPart[]): PlannedBoot[] {
  const [first, ...others] = parts.map(({ mark, request }) =>
    bootPlan(request).map((planned): PlannedBoot => ({ ...planned, ...mark })),
  );
  if (first === undefined || others.length === 0) {
    return first ?? [];
  }
  const random = seededRandom(parts[0]?.request.seed ?? 0);
  const plan: PlannedBoot[] = [];
  for (const block of blocksOf([first, ...others])) {
    for (const planned of shuffled(block, random)) {
      plan.push({ ...planned, boot: plan.length });
    }
  }
  return plan;
}

function blocksOf(plans: readonly (readonly PlannedBoot[])[]): PlannedBoot[][] {
  const blocks: (PlannedBoot[] | undefined)[] = [];
  for (const planned of plans.flat()) {
    (blocks[planned.block] ??= []).push(planned);
  }
  // Where every point gets fewer boots, a block can be without any.
  return Array.from(blocks, (block) => block ?? []);
}

/**
 * The method that all of the probed VMs can be measured by: their own where it is the same, traces where all have them.
 * Of none, `exit`.
 */
export function commonMethod(methods: readonly MeasuringMethod[]): MeasuringMethod {
  const [first = 'exit'] = methods;
  if (methods.every((method) => method === first)) {
    return first;
  }
  return methods.includes('exit') ? 'exit' : 'trace';
}
