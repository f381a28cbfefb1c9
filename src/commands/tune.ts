import type { Command } from 'commander';
import { hasJournal } from '../system/tuning/journal.js';
import { tuningPlaces, type TuningPlaces } from '../system/tuning/places.js';
import type { RecipeOptions } from './options.js';

/** Of the commands that boot. */
export interface TuneOption {
  readonly tune?: true;
}

/** Adds `--tune`. */
export function addTuneOption(command: Command): Command {
  return command.option(
    '--tune',
    'for the time of the boots, the governor "performance", and turbo and ASLR off, as far as permitted',
  );
}

/** The options with `--tune` as the setting of the recipe that it stands for. */
export function withTune<T extends Pick<RecipeOptions, 'set'> & TuneOption>(options: T): T {
  return options.tune === true ? { ...options, set: [...options.set, 'measure.tune=true'] } : options;
}

/**
 * Puts back what a bootlap --tune had set that was killed together with its guard, whatever workspace it had, and says
 * so. Costs next to nothing where there is nothing to be put back.
 */
export async function putBackLeftovers(places: TuningPlaces = tuningPlaces()): Promise<string[]> {
  if (!hasJournal(places)) {
    return [];
  }
  const { restoreLeftovers } = await import('../system/tuning/restore.js');
  const restored = await restoreLeftovers(places);
  if (!restored.ok) {
    return [`what a bootlap --tune had set that was killed could not be put back: look at ${restored.failure.path}`];
  }
  const { leftoversText } = await import('../measure/tuning-text.js');
  return leftoversText(restored.value, places.sysfs);
}
