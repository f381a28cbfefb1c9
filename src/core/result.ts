/**
 * Failures are values here: what can go wrong in the world is returned, and only a bug is thrown.
 */

/** Either a value, or the failure that stood in its way. */
export type Result<T, F> = Success<T> | Failed<F>;

/** The good case of a {@link Result}. */
export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

/** The bad case of a {@link Result}. */
export interface Failed<F> {
  readonly ok: false;
  readonly failure: F;
}

/** Wraps a value as a success. */
export function success<T>(value: T): Success<T> {
  return { ok: true, value };
}

/** The success of something that has no value to give. */
export const done: Success<void> = { ok: true, value: undefined };

/** Wraps a failure. */
export function failed<F>(failure: F): Failed<F> {
  return { ok: false, failure };
}
