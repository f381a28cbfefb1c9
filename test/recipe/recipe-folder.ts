import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import type { RecipeProblem } from '../../src/core/failures/recipe.js';
import type { Result } from '../../src/core/result.js';
import { loadRecipe } from '../../src/recipe/load.js';
import type { LoadedRecipe } from '../../src/recipe/request.js';
import type { Recipe } from '../../src/recipe/schema.js';

/** A temporary folder with recipe files, gone after the test. */
export class RecipeFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'bootlap-recipe-')));

  constructor(files: Readonly<Record<string, string>> = {}) {
    onTestFinished(() => {
      rmSync(this.path, { recursive: true });
    });
    for (const [name, text] of Object.entries(files)) {
      this.write(name, text);
    }
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  /** Loads with this folder as the working folder. */
  load(
    nameOrFile: string,
    more: { settings?: string[]; with?: string[] } = {},
  ): Promise<Result<LoadedRecipe, Failure>> {
    return loadRecipe({ nameOrFile, settings: [], with: [], workingFolder: this.path, ...more });
  }

  async recipe(nameOrFile: string, more: { settings?: string[]; with?: string[] } = {}): Promise<Recipe> {
    const loaded = await this.load(nameOrFile, more);
    if (!loaded.ok) {
      throw new Error(JSON.stringify(loaded.failure));
    }
    return loaded.value.recipe;
  }

  async failure(nameOrFile: string, more: { settings?: string[]; with?: string[] } = {}): Promise<Failure> {
    const loaded = await this.load(nameOrFile, more);
    if (loaded.ok) {
      throw new Error('it loaded');
    }
    return loaded.failure;
  }

  async problems(
    nameOrFile: string,
    more: { settings?: string[]; with?: string[] } = {},
  ): Promise<readonly RecipeProblem[]> {
    const failure = await this.failure(nameOrFile, more);
    if (failure.reason !== 'recipe-invalid') {
      throw new Error(JSON.stringify(failure));
    }
    return failure.problems;
  }
}
