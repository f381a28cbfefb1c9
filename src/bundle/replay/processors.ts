import type { BundleUnfit } from '../../core/failures/bundle.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Recipe } from '../../recipe/schema.js';
import { bindableProcessors, processorsText } from '../../system/processors.js';

/**
 * Refuses to bind what is measured to processors that cannot be had: every boot would fail. Where the kernel does not
 * tell which there are, nothing is refused.
 * @param bindable those that processes can be bound to here
 */
export function checkProcessors(
  bundle: string,
  { measure: { pin = {} } }: Pick<Recipe, 'measure'>,
  bindable: readonly number[] | undefined = bindableProcessors(),
): Result<void, BundleUnfit> {
  const bound = Object.entries(pin).find(([, cpu]) => cpu !== undefined && bindable?.includes(cpu) === false);
  if (bindable === undefined || bound === undefined) {
    return success(undefined);
  }
  const [which, cpu] = bound;
  const detail = `measure.pin.${which} is ${cpu}, and this machine has the processors ${processorsText(bindable)}`;
  const hint = `name one of them with --set measure.pin.${which}=N, or bind nothing with --set measure.pin=null`;
  return failed({ reason: 'bundle-unfit', bundle, detail, hint });
}
