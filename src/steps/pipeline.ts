import type { Failure } from '../core/failure.js';
import { success, type Result } from '../core/result.js';
import { COMPONENTS, type Component, type Step } from '../core/step.js';
import type { LockEntry, LockKey } from '../recipe/lock-document.js';
import { fetchedConfig, otherConfigs } from '../recipe/lockable.js';
import type { Build, Recipe, RecipeComponent } from '../recipe/schema.js';
import type { WorkingTree } from '../system/git-local.js';
import { configureStep } from './configure.js';
import { fetchStep } from './fetch.js';
import { fetchConfig } from './fetch/config.js';
import { initStep } from './init.js';
import { makeStep } from './make.js';
import { measureStep } from './measure.js';
import { patchStep } from './patch.js';
import { pinStep } from './pin.js';
import { pinConfig } from './pin/config.js';
import { probeStep } from './probe.js';
import { reportStep } from './report.js';
import { stopwatchStep } from './stopwatch.js';

/** What bootlap.lock holds for a recipe (`heldEntries`). */
export type Held = ReadonlyMap<LockKey, LockEntry>;

/**
 * The steps of a recipe, from its pins to its report. `held` goes over what the recipe itself pins.
 * Starts no program, unless a component is a local working tree: then git says what differs in it. Fails where that
 * tree cannot be used.
 */
export async function assemble(recipe: Recipe, held: Held = new Map()): Promise<Result<readonly Step[], Failure>> {
  const steps: Step[] = [];
  for (const component of COMPONENTS) {
    const workingTree = await readLocal(component, recipe[component]);
    if (!workingTree.ok) {
      return workingTree;
    }
    steps.push(...componentSteps(component, recipe[component], { held, workingTree: workingTree.value }));
  }
  const init = recipe.init === 'builtin' ? [initStep()] : [];
  const pins = steps.filter(({ name }) => name.startsWith('pin:')).map(({ name }) => ({ step: name, output: 'pin' }));
  const measuring = [stopwatchStep(), probeStep({ recipe }), measureStep({ recipe }), reportStep({ recipe, pins })];
  return success([...steps, ...init, ...measuring]);
}

/** The results that a reader looks for in a run's folder. */
export const RESULT_FILES = [
  { step: 'measure', output: 'samples', as: 'samples.ndjson' },
  { step: 'measure', output: 'measurement', as: 'measurement.json' },
  { step: 'report', output: 'summary', as: 'summary.json' },
  { step: 'report', output: 'report', as: 'report.md' },
  { step: 'report', output: 'csv', as: 'samples.csv' },
  { step: 'report', output: 'html', as: 'report.html' },
  { step: 'report', output: 'svg', as: 'report.svg' },
] as const;

async function readLocal(
  component: Component,
  { source }: RecipeComponent,
): Promise<Result<WorkingTree | undefined, Failure>> {
  if (!('local' in source)) {
    return success(undefined);
  }
  const { readWorkingTree } = await import('../system/git-local.js');
  return readWorkingTree(source.local, component);
}

/** What is known of a component besides its recipe. */
interface Found {
  readonly held: Held;
  readonly workingTree: WorkingTree | undefined;
}

function componentSteps(component: Component, recipeComponent: RecipeComponent, { held, workingTree }: Found): Step[] {
  const { source, build } = recipeComponent;
  const pin = pinStep({ component, source, held: held.get(component) });
  const known = workingTree === undefined ? {} : { workingTree };
  const fetch = fetchStep({ component, source, ...known });
  const getting = pin === undefined ? [fetch] : [pin, fetch];
  if (build === undefined) {
    return getting;
  }
  const built = { component, recipeComponent: { ...recipeComponent, build } };
  return [
    ...getting,
    patchStep({ component, recipeComponent }),
    ...fetchingConfig(built, held),
    ...configuring(built),
    makeStep(built),
  ];
}

interface Built {
  readonly component: Component;
  readonly recipeComponent: RecipeComponent & { readonly build: Build };
}

/** A `.config` at an address is pinned and fetched like a source; a digest in the recipe is its pin. */
function fetchingConfig({ component, recipeComponent }: Built, held: Held): Step[] {
  const config = fetchedConfig(recipeComponent);
  if (config === undefined) {
    return [];
  }
  const instead = otherConfigs(component, recipeComponent);
  const plan = { component, config, held: held.get(`${component}-config`), instead };
  return [...(config.sha256 === undefined ? [pinConfig(plan)] : []), fetchConfig(plan)];
}

/** Only the kernel's configuration is a result of its own; elsewhere it is a part of making. */
function configuring({ component, recipeComponent }: Built): Step[] {
  const { build } = recipeComponent;
  return build.system === 'kbuild'
    ? [configureStep({ component, recipeComponent: { ...recipeComponent, build } })]
    : [];
}
