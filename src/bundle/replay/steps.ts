import type { Step } from '../../core/step.js';
import type { ReadyVm } from '../../measure/vm-files.js';
import type { Recipe } from '../../recipe/schema.js';
import { measureStep } from '../../steps/measure.js';
import { probeStep } from '../../steps/probe.js';
import { reportStep } from '../../steps/report.js';

/** What of a bundle is measured again. */
export interface ReplayParts {
  readonly recipe: Recipe;
  readonly vm: ReadyVm;
  /** Component -> where it is from, for the report. */
  readonly origins: Readonly<Record<string, string>>;
}

/** The steps of a replay: nothing is fetched and nothing is built. */
export function replaySteps({ recipe, vm, origins }: ReplayParts): readonly Step[] {
  return [probeStep({ recipe, ready: vm }), measureStep({ recipe, ready: vm }), reportStep({ recipe, origins })];
}
