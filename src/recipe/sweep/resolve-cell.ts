import { resolve } from 'node:path';
import type { RecipeFailure, RecipeProblem } from '../../core/failures/recipe.js';
import { nearest } from '../../core/nearest.js';
import { failed, success, type Result } from '../../core/result.js';
import { COMPONENTS, type Component } from '../../core/step.js';
import type { FileFailure } from '../../system/files.js';
import { hasMatrix } from '../cells.js';
import { readRecipeChain, type RecipeChain } from '../chain.js';
import { shown } from '../check.js';
import { findRecipe, isRecipePath } from '../find.js';
import { withHome } from '../home.js';
import { pathText, type Located } from '../located.js';
import type { ResolvedRecipe } from '../request.js';
import { settleRecipe } from '../resolve.js';
import { layAll, nested } from '../setting.js';
import type { Combination } from './combine.js';

type CellFailure = RecipeFailure | FileFailure;

/** A cell's recipe, and by which name or file it is called. */
export interface ResolvedCell {
  readonly nameOrFile: string;
  readonly resolved: ResolvedRecipe;
}

/** Makes recipes of combinations; each recipe file is read once. */
export class CellResolver {
  private readonly chains = new Map<string, Result<RecipeChain, CellFailure>>();

  /**
   * The recipe of a cell. Fails as the load of a recipe does; a problem that a value of the sweep's makes names the line
   * of that value.
   */
  resolve(combination: Combination): Result<ResolvedCell, CellFailure> {
    const layers = layersOf(combination);
    if (!layers.ok) {
      return layers;
    }
    const recipe = combination.get('recipe');
    if (typeof recipe?.content !== 'string') {
      return invalid(recipe, ['recipe'], 'the name of a recipe that ships, or the path of a file');
    }
    const nameOrFile = isRecipePath(recipe.content)
      ? resolve(recipe.origin.folder, withHome(recipe.content))
      : recipe.content;
    const chain = this.chain(nameOrFile);
    if (!chain.ok) {
      return chain;
    }
    const settled = settleRecipe({ ...chain.value, recipe: layAll(chain.value.recipe, layers.value) });
    if (!settled.ok) {
      return settled;
    }
    return hasMatrix(settled.value.recipe)
      ? invalid(recipe, ['recipe'], `a recipe of one machine: "set: { matrix: null }" takes the matrix away`)
      : success({ nameOrFile, resolved: settled.value });
  }

  private chain(nameOrFile: string): Result<RecipeChain, CellFailure> {
    const known = this.chains.get(nameOrFile);
    if (known !== undefined) {
      return known;
    }
    const file = findRecipe(nameOrFile, '/');
    const chain = file.ok ? readRecipeChain(file.value) : file;
    this.chains.set(nameOrFile, chain);
    return chain;
  }
}

function layersOf(combination: Combination): Result<readonly Located[], CellFailure> {
  const layers: Located[] = [];
  for (const [axis, value] of combination) {
    const layer = layerOf(axis, value);
    if (!layer.ok) {
      return layer;
    }
    layers.push(...layer.value);
  }
  return success(layers);
}

function layerOf(axis: string, value: Located): Result<readonly Located[], CellFailure> {
  const path = axis.split('.');
  const [kind = '', component = '', ...more] = path;
  if (axis === 'recipe') {
    return success([]);
  }
  if (kind === 'with' || kind === 'patches') {
    const isComponent = more.length === 0 && COMPONENTS.some((known) => known === component);
    if (!isComponent) {
      return unknownComponent(axis, value);
    }
    return kind === 'with' ? treeLayer(component as Component, value) : patchLayer(component as Component, value);
  }
  return path.includes('')
    ? invalid(value, [axis], 'a key of the recipe, such as machine.memory')
    : success([nested(path, value)]);
}

/** `null`: what the recipe has by itself. */
function treeLayer(component: Component, value: Located): Result<readonly Located[], CellFailure> {
  if (value.content === null) {
    return success([]);
  }
  if (typeof value.content !== 'string' || value.content === '') {
    return invalid(value, ['with', component], 'the path of a working tree, or null for what the recipe has');
  }
  const { folder } = value.origin;
  // It is the user who says where the trees are; a recipe may not.
  const local = { origin: { ...value.origin, trusted: true }, content: resolve(folder, withHome(value.content)) };
  return success([nested([component, 'source', 'local'], local)]);
}

const SWITCH: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  ['on', true],
  [false, false],
  ['off', false],
]);

function patchLayer(component: Component, value: Located): Result<readonly Located[], CellFailure> {
  const isOn = SWITCH.get(value.content);
  if (isOn === undefined) {
    return invalid(value, ['patches', component], 'on (the patches of the recipe) or off (none)');
  }
  return success(isOn ? [] : [nested([component, 'patches'], { origin: value.origin, content: [] })]);
}

function unknownComponent(axis: string, value: Located): Result<never, CellFailure> {
  const [kind = '', component = ''] = axis.split('.');
  const near = nearest(component, COMPONENTS);
  const expected = COMPONENTS.map((known) => `${kind}.${known}`).join(', ');
  return problem(value, {
    path: axis,
    found: `key ${JSON.stringify(axis)}`,
    expected,
    ...(near === undefined ? {} : { nearest: `${kind}.${near}` }),
  });
}

function invalid(value: Located | undefined, path: readonly string[], expected: string): Result<never, CellFailure> {
  return problem(value, { path: pathText(path), found: shown(value), expected });
}

function problem(value: Located | undefined, words: Omit<RecipeProblem, 'file' | 'line'>): Result<never, CellFailure> {
  const { file = '', line } = value?.origin ?? {};
  return failed({
    reason: 'recipe-invalid',
    problems: [{ file, ...(line === undefined ? {} : { line }), ...words }],
    in: 'sweep',
  });
}
