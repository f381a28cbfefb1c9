import type { StepContext } from '../../core/step.js';
import type { PlanRequest } from '../../measure/boot-plan.js';
import { missedPrecision, StopRule, type StopAsked, type Stopped } from '../../measure/stop.js';

/** A rule that ends a measurement, and what it takes to judge by failures before that. */
export interface Stopping {
  readonly rule: StopRule;
  /** Blocks that count after which it could be over. */
  readonly lookAhead: number;
}

/** The rule that a recipe asks for; `undefined` where it says how many boots to make. */
export function stopRuleOf(
  asked: StopAsked | undefined,
  { plan, lookAhead }: { readonly plan: PlanRequest; readonly lookAhead: number },
): Stopping | undefined {
  if (asked === undefined) {
    return undefined;
  }
  const { method, points, seed } = plan;
  return { rule: new StopRule({ asked, method, point: points.at(-1) ?? '', seed }), lookAhead };
}

/** Warns where the precision that was asked for is not there. */
export function tellStop(stopped: Stopped | undefined, context: StepContext): void {
  const text = stopped === undefined ? undefined : missedPrecision(stopped);
  if (text !== undefined) {
    context.notice('warning', text);
  }
}
