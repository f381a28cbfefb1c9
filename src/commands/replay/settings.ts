import type { Usage } from '../../core/failures/recipe.js';
import { failed, success, type Result } from '../../core/result.js';
import { withTune } from '../tune.js';
import type { ReplayOptions } from './options.js';

/** `--set`, `--boots` and `--tune` as settings of the recipe. Fails with `usage`. */
export function readSettings(options: ReplayOptions): Result<readonly string[], Usage> {
  const { boots, set } = withTune({ ...options, with: [] });
  if (boots === undefined) {
    return success(set);
  }
  return /^[1-9]\d{0,6}$/.test(boots)
    ? // What would else decide when it is enough gives way.
      success([...set, `measure.boots=${boots}`, 'measure.for=null', 'measure.until=null'])
    : failed({
        reason: 'usage',
        message: `--boots ${boots} is not a whole number of at least 1`,
        hint: 'for example --boots 50',
      });
}
