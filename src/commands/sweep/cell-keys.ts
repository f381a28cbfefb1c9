import { digestJson, type Digest } from '../../core/digest.js';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import { COMPONENTS, type Component } from '../../core/step.js';
import { knownInputs } from '../../engine/index.js';
import type { Recipe } from '../../recipe/schema.js';
import type { ResolvedCell } from '../../recipe/sweep/resolve-cell.js';
import { lineUp } from '../pipeline.js';

/** What a cell is known by before anything of it is made. Equal: it comes to the same. */
export interface CellKeys {
  /** Of all that its figures depend on. */
  readonly cell: Digest;
  /** Of all that each component is made from; `isBuilt`: it takes more than to have it fetched. */
  readonly components: Readonly<Record<Component, ComponentKey>>;
}

interface ComponentKey {
  readonly key: Digest;
  readonly isBuilt: boolean;
}

/** Works keys out. What many cells share is lined up and looked at once. */
export class KeyMaker {
  private readonly known = new Map<string, ComponentKey>();

  constructor(private readonly workspace: string) {}

  /** Fails where a working tree cannot be read, or an input or a tool is missing. */
  async keysOf(cell: ResolvedCell): Promise<Result<CellKeys, Failure>> {
    const { recipe } = cell.resolved;
    const places = COMPONENTS.map((component) => placeOf(component, cell));
    if (places.some((place) => !this.known.has(place))) {
      const learned = await this.learn(cell);
      if (!learned.ok) {
        return learned;
      }
    }
    const found = COMPONENTS.flatMap((component, index) => {
      const known = this.known.get(places[index] ?? '');
      return known === undefined ? [] : [[component, known] as const];
    });
    const components = Object.fromEntries(found) as CellKeys['components'];
    const made = found.map(([, { key }]) => key);
    return success({ cell: digestJson('sweep cell', { own: ownText(recipe), made }), components });
  }

  private async learn(cell: ResolvedCell): Promise<Result<void, Failure>> {
    const { nameOrFile, resolved } = cell;
    const called = await lineUp(nameOrFile, resolved, this.workspace);
    if (!called.ok) {
      return called;
    }
    const { steps } = called.value;
    const inputs = await knownInputs({ recipe: resolved.recipe.name, steps, workspace: this.workspace });
    if (!inputs.ok) {
      return inputs;
    }
    for (const component of COMPONENTS) {
      const made = inputs.value.get(`make:${component}`);
      const key = made ?? inputs.value.get(`fetch:${component}`) ?? digestJson('sweep component', component);
      this.known.set(placeOf(component, cell), { key, isBuilt: made !== undefined });
    }
    return success(undefined);
  }
}

/** A lock belongs to a recipe: two that say the same may be held at different commits. */
function placeOf(component: Component, { nameOrFile, resolved: { recipe } }: ResolvedCell): string {
  return JSON.stringify([component, nameOrFile, recipe[component]]);
}

/** As one text: what the schema gives has its keys in one order, and to sort them takes most of the time of a plan. */
function ownText({ init, machine, points, phases, measure }: Recipe): string {
  return JSON.stringify([init, machine, points, phases, measure]);
}
