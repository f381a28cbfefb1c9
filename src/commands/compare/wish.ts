import type { Usage } from '../../core/failures/recipe.js';
import { failed, success, type Result } from '../../core/result.js';
import { parseAmount, type Amount } from '../../measure/comparison/amount.js';
import { parseGate, type Gate } from '../../measure/comparison/gate.js';

/** How the user wants two measurements compared. */
export interface CompareWish {
  /** Differences up to this one are of no practical worth. */
  readonly threshold: Amount;
  readonly gates: readonly Gate[];
}

/** What commander makes of the options, before anything of it is checked. */
export interface WishOptions {
  readonly threshold: string;
  readonly failIf: readonly string[];
}

/** Reads the options. Fails with `usage`. */
export function readCompareWish({ threshold, failIf }: WishOptions): Result<CompareWish, Usage> {
  const amount = parseAmount(threshold);
  if (amount === undefined || amount.value < 0) {
    const message = `--threshold ${threshold} is no difference in %, us, ms or s`;
    return failed({ reason: 'usage', message, hint: 'for example --threshold 1% or --threshold 500us' });
  }
  const gates: Gate[] = [];
  for (const text of failIf) {
    const gate = parseGate(text);
    if (!gate.ok) {
      return gate;
    }
    gates.push(gate.value);
  }
  return success({ threshold: amount, gates });
}
