import { resolve } from 'node:path';
import type { ExitStatus } from '../../core/exit-status.js';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { unknownTarget } from '../../measure/comparison/gate.js';
import type { Arms } from '../../measure/interleaved-plan.js';
import { commonNames, comparisonDocument } from '../../report/comparison.js';
import { recipesCommand } from '../../report/comparison-reproduce.js';
import { isRecipePath } from '../../recipe/find.js';
import { workingFolder } from '../../system/environment.js';
import type { Recorder } from '../ci/recorder.js';
import { callPipeline } from '../pipeline.js';
import { failAll } from '../report-failure.js';
import { notBegun } from '../run-shown.js';
import type { Session } from '../session.js';
import type { ArmPipeline } from './arm.js';
import { comparisonCall } from './call.js';
import { interleave } from './interleave.js';
import type { RecipesOptions } from './recipes-options.js';
import { nameOfSecond } from './run-names.js';
import { showComparison, writeComparison } from './show.js';
import type { CompareWish, WishOptions } from './wish.js';

/** Two recipes that are to be built, measured together and compared. */
export interface RecipesRequest {
  readonly session: Session;
  /** Names or files. */
  readonly recipes: Arms<string>;
  readonly options: RecipesOptions & WishOptions;
  readonly wish: CompareWish;
  readonly recorder?: Recorder | undefined;
}

/** Compares two recipes, or one with itself changed; gives the exit status. */
export async function compareRecipes(request: RecipesRequest): Promise<ExitStatus> {
  const { session, recipes, options, wish, recorder } = request;
  const arms = await armPipelines(recipes, options);
  if (!arms.ok) {
    return notBegun(request, arms.failure);
  }
  const wrong = unknownTarget(wish.gates, namesInBoth(arms.value));
  if (wrong !== undefined) {
    return notBegun(request, wrong);
  }
  const measured = await interleave({
    arms: arms.value,
    manner: { session, options, recorder, offline: options.offline === true, keepGoing: false },
    anew: options.force === true,
    different: options.allowDifferent === true ? 'allow' : 'refuse',
    onArm: (arm, name) => announce(session, options, `${arm.toUpperCase()}: ${name}`),
  });
  if (!measured.ok) {
    const { failures, told } = measured.failure;
    const [first] = failures;
    return told || first === undefined ? failAll(session, failures) : notBegun(request, first.failure);
  }
  const { a, b, folder, unasked, measuredBefore } = measured.value;
  const before = measuredBefore === undefined ? {} : { measuredBefore };
  const document = comparisonDocument(a, b, { ...wish, interleaved: true, unasked, ...before });
  const sides = { a, b };
  const commands = [recipesCommand(comparisonCall(recipes, options), sides)];
  const written = await writeComparison({ document, sides, commands }, folder);
  return written.ok
    ? showComparison(document, {
        session,
        recorder,
        json: options.json === true,
        folder,
        ...(isRecipePath(recipes.b) ? { recipeFile: resolve(workingFolder(), recipes.b) } : {}),
        ...before,
      })
    : notBegun(request, written.failure);
}

function announce(session: Session, { json }: RecipesOptions, text: string): void {
  if (json !== true) {
    session.output.write(`${session.output.paint.bold(text)}\n`);
  }
}

async function armPipelines(
  recipes: Arms<string>,
  options: RecipesOptions,
): Promise<Result<Arms<ArmPipeline>, Failure>> {
  const { set, setA, setB, with: trees, withA, withB } = options;
  const a = await armPipeline(recipes.a, { ...options, set: [...set, ...setA], with: [...trees, ...withA] });
  if (!a.ok) {
    return a;
  }
  const b = await armPipeline(recipes.b, { ...options, set: [...set, ...setB], with: [...trees, ...withB] });
  if (!b.ok) {
    return failed(b.failure);
  }
  // Side by side, so that neither is in the place of the other while both are booted.
  const outName = b.value.outName === a.value.outName ? nameOfSecond(b.value.outName) : b.value.outName;
  return success({ a: a.value, b: { ...b.value, outName } });
}

async function armPipeline(recipe: string, options: RecipesOptions): Promise<Result<ArmPipeline, Failure>> {
  const pipeline = await callPipeline(recipe, options);
  if (!pipeline.ok) {
    return pipeline;
  }
  const changes = [...options.set, ...options.with];
  const name = changes.length === 0 ? recipe : `${recipe} with ${changes.join(', ')}`;
  return success({ name, pipeline: pipeline.value, outName: pipeline.value.recipe.name });
}

function namesInBoth({ a, b }: Arms<ArmPipeline>): string[] {
  return commonNames(a.pipeline.recipe, b.pipeline.recipe);
}
