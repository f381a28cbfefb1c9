import { basename, dirname, join } from 'node:path';
import { COMPONENTS, type Component } from '../../core/step.js';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import { readKvmAccess } from '../../measure/host.js';
import { loadRecipe, type LoadedRecipe } from '../../recipe/load.js';
import type { Recipe } from '../../recipe/schema.js';
import { findProgram } from '../../system/distribution.js';
import { packageFolder, workingFolder } from '../../system/environment.js';
import { bindableProcessors, processorsText } from '../../system/processors.js';
import { attainable, type KnobState } from '../../system/tuning/knobs.js';
import { tuningPlaces } from '../../system/tuning/places.js';
import { missing, ok, warn, type Check } from './check.js';

/** A recipe that is asked about. */
export interface AskedRecipe {
  readonly recipe: Recipe;
  /** Name of the recipe that ships and that it is, or is built on; missing where it is built on none. */
  readonly ships?: string;
}

/** Loads it. Fails as `loadRecipe` does. */
export async function askedRecipe(nameOrFile: string): Promise<Result<AskedRecipe, Failure>> {
  const loaded = await loadRecipe({ nameOrFile, settings: [], with: [], workingFolder: workingFolder() });
  if (!loaded.ok) {
    return loaded;
  }
  const ships = shippedName(loaded.value);
  return success({ recipe: loaded.value.recipe, ...(ships === undefined ? {} : { ships }) });
}

/** The nearest: what that one in turn is built on, it may have done away with. */
function shippedName({ files }: LoadedRecipe): string | undefined {
  const folder = join(packageFolder, 'configs', 'recipes');
  const file = files.find((each) => dirname(each) === folder);
  return file === undefined ? undefined : basename(file, '.yaml');
}

/** What the recipe names of this machine, and whether it is there. */
export function checkRecipe({ recipe }: AskedRecipe): Check[] {
  return [
    ...COMPONENTS.flatMap((component) => checkSource(component, recipe)),
    ...checkAccelerator(recipe),
    ...checkProcessors(recipe),
    ...checkTuning(recipe),
  ];
}

/** That files and trees which the recipe names are there is seen when it is loaded. */
function checkSource(component: Component, recipe: Recipe): Check[] {
  const { source } = recipe[component];
  const name = `${component} of ${recipe.name}`;
  if ('installed' in source) {
    const path = findProgram(source.installed);
    const advice = `install ${source.installed}, or name another one: --set ${component}.source.installed=PROGRAM`;
    return [path === undefined ? missing(name, `${source.installed} is not on the PATH`, advice) : ok(name, path)];
  }
  return [];
}

function checkAccelerator({ name, machine }: Recipe): Check[] {
  const access = readKvmAccess();
  if (machine.accel !== 'kvm') {
    return [];
  }
  const label = `KVM for ${name}`;
  return access === 'usable'
    ? [ok(label, '/dev/kvm opens')]
    : [
        missing(
          label,
          `this recipe runs on KVM only, and /dev/kvm is ${access}`,
          'see "KVM" below; --set machine.accel=auto takes TCG where the machine can run with it',
        ),
      ];
}

function checkProcessors({ measure: { pin = {} } }: Recipe): Check[] {
  const bindable = bindableProcessors();
  const wanted = [pin.vm, pin.stopwatch].filter((cpu) => cpu !== undefined);
  if (wanted.length === 0 || bindable === undefined) {
    return [];
  }
  const lacking = wanted.find((cpu) => !bindable.includes(cpu));
  const there = processorsText(bindable);
  return lacking === undefined
    ? [ok('measure.pin', `processors ${wanted.join(' and ')} of ${there}`)]
    : [
        warn(
          'measure.pin',
          `processor ${lacking} is asked for, and processes can be bound here to ${there}`,
          `take another one: --set measure.pin.vm=${bindable.at(-1) ?? 0}`,
        ),
      ];
}

function checkTuning({ measure: { tune } }: Recipe): Check[] {
  if (!tune) {
    return [];
  }
  const { governor, turbo } = attainable(tuningPlaces().sysfs);
  const found = `governor ${TUNABLE[governor]}, turbo ${TUNABLE[turbo]}`;
  const short = [governor, turbo].some((state) => state === 'refused' || state === 'partly');
  return [short ? warn('measure.tune', found, 'run as root, or set them by hand before') : ok('measure.tune', found)];
}

const TUNABLE: Readonly<Record<KnobState, string>> = {
  set: 'can be set',
  partly: 'can be set in part',
  refused: 'may not be set by this user',
  missing: 'not shown by this kernel',
};
