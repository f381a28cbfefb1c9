import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import type { Usage } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import { keptWorkFolder } from '../engine/index.js';
import type { Recipe } from '../recipe/schema.js';
import { attempt } from '../system/files.js';
import type { CalledPipeline } from './pipeline.js';

const STEP = 'measure';

/**
 * The pipeline with so many boots more for each point than have been made with these settings. Instead of a rule that
 * ends the measurement, there is a number then. Fails with `usage`, or where the earlier boots cannot be read.
 * @param text of the option `--more`
 */
export async function withMoreBoots(pipeline: CalledPipeline, text: string): Promise<Result<CalledPipeline, Failure>> {
  const more = wholeNumber(text);
  if (!more.ok) {
    return more;
  }
  const { recipe, steps, workspace } = pipeline;
  const folder = await keptWorkFolder({ recipe: recipe.name, steps, workspace, step: STEP });
  const { countBlocks } = await import('../measure/count-blocks.js');
  const samplesFile = folder === undefined ? undefined : join(folder, 'samples.ndjson');
  const made = attempt(samplesFile ?? workspace, () => (samplesFile === undefined ? 0 : countBlocks(samplesFile)));
  if (!made.ok) {
    return made;
  }
  const raised = withBoots(recipe, made.value + more.value);
  const { measureStep } = await import('../steps/measure.js');
  const others = steps.map((step) => (step.name === STEP ? measureStep({ recipe: raised }) : step));
  const { boots } = raised.measure;
  const count =
    made.value === 0
      ? `--more: nothing has been booted with these settings yet; ${boots} boots for each point`
      : `--more: ${boots} boots for each point, ${made.value} of which are there (--set measure.boots=${boots})`;
  const notice = `${count}${insteadOf(recipe)}`;
  return success({ ...pipeline, recipe: raised, steps: others, notices: [...(pipeline.notices ?? []), notice] });
}

/** The rule that the number takes the place of. */
function insteadOf({ measure }: Recipe): string {
  const rules = (['for', 'until'] as const).filter((rule) => measure[rule] !== undefined);
  const named = rules.map((rule) => `measure.${rule}=${measure[rule] ?? ''}`).join(' and ');
  return named === '' ? '' : `, in the place of ${named}`;
}

function wholeNumber(text: string): Result<number, Usage> {
  const hint = 'for example --more 20: that many boots for each point besides those that are there';
  return /^[1-9]\d{0,5}$/.test(text)
    ? success(Number(text))
    : failed({ reason: 'usage', message: `--more ${text} is not a whole number from 1 to 999999`, hint });
}

/**
 * A recipe with that many boots, or some more: where a point has fewer, it keeps its share to the boot, because with
 * another share the earlier boots would be of another plan.
 */
function withBoots({ points, measure, ...recipe }: Recipe, boots: number): Recipe {
  const fewer = points.flatMap((point) =>
    point.boots !== undefined && point.boots < measure.boots ? [point.boots] : [],
  );
  const unit = fewer.reduce((all, own) => leastMultiple(all, measure.boots / greatestDivisor(measure.boots, own)), 1);
  const raised = Math.ceil(boots / unit) * unit;
  const { for: _time, until: _width, ...kept } = measure;
  return {
    ...recipe,
    points: points.map((point) =>
      point.boots === undefined || point.boots >= measure.boots
        ? point
        : { ...point, boots: (raised * point.boots) / measure.boots },
    ),
    measure: { ...kept, boots: raised },
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function leastMultiple(a: number, b: number): number {
  return (a * b) / greatestDivisor(a, b);
}
