import type { BundleUnfit } from '../../core/failures/bundle.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Recipe } from '../../recipe/schema.js';
import { attempt, readTextIfThere } from '../../system/files.js';

/** Which logical processors run, as the kernel lists them: `0-3,8`. */
const ONLINE = '/sys/devices/system/cpu/online';

/**
 * Refuses to bind what is measured to processors that are not there: every boot would fail. Where the kernel does not
 * tell which there are, nothing is refused.
 * @param online the kernel's list of the processors that run
 */
export function checkProcessors(
  bundle: string,
  { measure: { pin = {} } }: Pick<Recipe, 'measure'>,
  online: string | undefined = readOnline(),
): Result<void, BundleUnfit> {
  const bound = Object.entries(pin).find(
    ([, cpu]) => cpu !== undefined && online !== undefined && !isListed(cpu, online),
  );
  if (online === undefined || bound === undefined) {
    return success(undefined);
  }
  const [which, cpu] = bound;
  const detail = `measure.pin.${which} is ${cpu}, and this machine has the processors ${online}`;
  const hint = `name one of them with --set measure.pin.${which}=N, or bind nothing with --set measure.pin=null`;
  return failed({ reason: 'bundle-unfit', bundle, detail, hint });
}

function readOnline(): string | undefined {
  const text = attempt(ONLINE, () => readTextIfThere(ONLINE)?.trim());
  return text.ok ? text.value : undefined;
}

function isListed(cpu: number, list: string): boolean {
  return list.split(',').some((range) => {
    const [first = '', last = first] = range.split('-');
    return Number(first) <= cpu && cpu <= Number(last);
  });
}
