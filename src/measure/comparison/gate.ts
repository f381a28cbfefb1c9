import type { Usage } from '../../core/failures/recipe.js';
import { nearest } from '../../core/nearest.js';
import { failed, success, type Result } from '../../core/result.js';
import { inNanoseconds, parseAmount, type Amount } from './amount.js';
import { TOTAL, type ComparedRow } from './compare.js';

/** A limit that B may not be beyond: `tKernel > +3%`. */
export interface Gate {
  /** As it was given. */
  readonly text: string;
  /** A phase, a point or `total`. */
  readonly target: string;
  /** Which side of the limit fails. */
  readonly fails: 'above' | 'below';
  readonly limit: Amount;
}

/** `passed`: the interval has nothing beyond the limit. `failed`: it is wholly beyond. Else `inconclusive`. */
export interface JudgedGate extends Gate {
  readonly outcome: 'passed' | 'failed' | 'inconclusive';
}

/** Reads a gate. Fails with `usage`, which names a right one. */
export function parseGate(text: string): Result<Gate, Usage> {
  const [, target = '', sign, amount = ''] = /^\s*(\S.*?)\s*([<>])(.*)$/.exec(text) ?? [];
  const limit = parseAmount(amount);
  if (target === '' || limit === undefined) {
    return failed({
      reason: 'usage',
      message: `--fail-if "${text}" is no limit that can be checked`,
      hint: `write what is measured, ">" or "<", and a difference in %, us, ms or s: --fail-if 'tKernel > +3%', --fail-if 'total > +2ms'`,
    });
  }
  return success({ text: text.trim(), target, fails: sign === '>' ? 'above' : 'below', limit });
}

/** A complaint about the first gate that names nothing of what is compared. */
export function unknownTarget(gates: readonly Gate[], names: readonly string[]): Usage | undefined {
  const known = [...new Set([...names, TOTAL])];
  const wrong = gates.find(({ target }) => !known.includes(target));
  if (wrong === undefined) {
    return undefined;
  }
  const near = nearest(wrong.target, known);
  const message = `--fail-if "${wrong.text}": there is no phase or point "${wrong.target}" in both`;
  const hint = near === undefined ? `take one of ${known.join(', ')}` : `did you mean "${near}"?`;
  return { reason: 'usage', message, hint };
}

/** Holds a gate against what it is about; without a figure it is inconclusive. */
export function judgeGate(gate: Gate, row: ComparedRow | undefined): JudgedGate {
  const limit = row === undefined ? undefined : inNanoseconds(gate.limit, row.a.median);
  if (row === undefined || limit === undefined || !row.enough) {
    return { ...gate, outcome: 'inconclusive' };
  }
  const { low, high } = row.interval;
  const [near, far] = gate.fails === 'above' ? [low - limit, high - limit] : [limit - high, limit - low];
  return { ...gate, outcome: near > 0 ? 'failed' : far <= 0 ? 'passed' : 'inconclusive' };
}
