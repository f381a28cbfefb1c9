import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { RecipeProblem } from '../core/failures/recipe.js';
import { COMPONENTS, type Component } from '../core/step.js';
import { problemAt, shown } from './check.js';
import { configsFolder } from './find.js';
import { originOf, valueAt, type KeyPath, type Located, type Origin } from './located.js';
import { whyOutside } from './outside.js';
import type { PatchEntry, Recipe, RecipeComponent } from './schema.js';

/** A recipe whose file names are absolute paths, and what is wrong with those that are not. */
export interface ResolvedPaths {
  readonly recipe: Recipe;
  readonly problems: readonly RecipeProblem[];
  /** Files that were found where a path led; all have to be there for this answer to hold. */
  readonly present: readonly string[];
  /** Places that were looked at before them and had no file. */
  readonly absent: readonly string[];
}

/**
 * Makes every file name of a recipe absolute: patch files, config fragments, a config base that is a file, local trees.
 * A relative one is relative to the file that holds it, or to the working folder when it is from the command line;
 * fragments and bases are looked for below our own `configs/` after that.
 */
export function resolvePaths(recipe: Recipe, node: Located): ResolvedPaths {
  const resolver = new Resolver(node);
  const components = COMPONENTS.map((name) => [name, resolver.component(name, recipe[name])] as const);
  const resolved = { ...recipe, ...(Object.fromEntries(components) as Record<Component, RecipeComponent>) };
  return { recipe: resolved, problems: resolver.problems, present: resolver.present, absent: resolver.absent };
}

/** Tells a config base that is a file (it has a slash or ends in `.config`) from a make target. */
function isConfigFile(base: string): boolean {
  return base.includes('/') || base.endsWith('.config');
}

class Resolver {
  readonly problems: RecipeProblem[] = [];
  readonly present: string[] = [];
  readonly absent: string[] = [];

  constructor(private readonly node: Located) {}

  component(name: Component, component: RecipeComponent): RecipeComponent {
    const patches = component.patches.map((entry, index) => this.patch(entry, [name, 'patches', index]));
    const { build, source } = component;
    return {
      ...component,
      patches,
      source: 'local' in source ? { local: this.folder(source.local, [name, 'source', 'local']) } : source,
      ...(build?.system === 'kbuild'
        ? { build: { ...build, config: this.config(build.config, [name, 'build', 'config']) } }
        : {}),
    };
  }

  private patch(entry: PatchEntry, path: KeyPath): PatchEntry {
    return typeof entry === 'string' ? this.file(entry, path, []) : entry;
  }

  private config<T extends { base: string; fragments: string[] }>(config: T, path: KeyPath): T {
    const base = isConfigFile(config.base) ? this.file(config.base, [...path, 'base'], [configsFolder]) : config.base;
    const fragments = config.fragments.map((each, index) =>
      this.file(each, [...path, 'fragments', index], [configsFolder]),
    );
    return { ...config, base, fragments };
  }

  private folder(text: string, path: KeyPath): string {
    const origin = originOf(this.node, path);
    return this.isRefused(text, path, origin) ? text : resolve(origin.folder, text);
  }

  /** `further`: folders that are looked at after the one that the path is relative to. */
  private file(text: string, path: KeyPath, further: readonly string[]): string {
    const origin = originOf(this.node, path);
    if (this.isRefused(text, path, origin)) {
      return text;
    }
    const folders = isAbsolute(text) ? [origin.folder] : [origin.folder, ...further];
    const places = folders.map((folder) => resolve(folder, text));
    const found = places.findIndex(isFile);
    this.absent.push(...places.slice(0, found < 0 ? places.length : found));
    const place = places[found];
    if (place === undefined) {
      this.problem(path, `${shown(valueAt(this.node, path))}, which is no file`, `a file: ${places.join(' or ')}`);
      return text;
    }
    this.present.push(place);
    return place;
  }

  private isRefused(text: string, path: KeyPath, origin: Origin): boolean {
    const outside = origin.trusted ? undefined : whyOutside(origin.folder, text);
    if (outside !== undefined) {
      const hint =
        path.at(-1) === 'local'
          ? `--with ${String(path[0])}=PATH on the command line`
          : 'a path inside the folder of the recipe';
      this.problem(path, `${shown(valueAt(this.node, path))}, which ${outside}`, hint);
    }
    return outside !== undefined;
  }

  private problem(path: KeyPath, found: string, expected: string): void {
    this.problems.push(problemAt(this.node, path, { found, expected }));
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
