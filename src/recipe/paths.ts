import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { RecipeProblem } from '../core/failures/recipe.js';
import { COMPONENTS, type Component } from '../core/step.js';
import { whyUnsafe } from '../system/plain-http.js';
import { problemAt, shown } from './check.js';
import { configsFolder } from './find.js';
import { originOf, valueAt, type KeyPath, type Located, type Origin } from './located.js';
import { whyOutside } from './outside.js';
import type {
  FetchedConfig,
  KbuildBuild,
  KernelConfig,
  PatchEntry,
  Recipe,
  RecipeComponent,
  Source,
} from './schema.js';

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
 * Makes every file name of a recipe absolute: patch files, config fragments, a config base that is a file, local trees,
 * finished files, keys. Of several configurations of a kernel the chosen one becomes `build.config`; the others stay in
 * `build.configs` as they are written, for their names.
 * A relative one is relative to the file that holds it, or to the working folder when it is from the command line;
 * fragments and bases are looked for below our own `configs/` after that.
 */
export function resolvePaths(recipe: Recipe, node: Located): ResolvedPaths {
  const resolver = new Resolver(node);
  const components = COMPONENTS.map((name) => [name, resolver.component(name, recipe[name])] as const);
  const cache = resolver.remoteCache(recipe['remote-cache']);
  const resolved = { ...recipe, ...cache, ...(Object.fromEntries(components) as Pick<Recipe, Component>) };
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
    const source = this.source(component.source, [name, 'source']);
    const { build } = component;
    if (build?.system !== 'kbuild') {
      return { ...component, patches, source };
    }
    return { ...component, patches, source, build: this.chosen(build, component.config, [name, 'build']) };
  }

  remoteCache(cache: Recipe['remote-cache']): Pick<Recipe, 'remote-cache'> {
    if (cache === undefined) {
      return {};
    }
    const trust = cache.trust.map((each, index) => this.file(each, ['remote-cache', 'trust', index], []));
    return { 'remote-cache': { ...cache, trust } };
  }

  private chosen(build: KbuildBuild, choice: string | undefined, path: KeyPath): KbuildBuild {
    const named = Object.entries(build.configs).find(([name]) => name === choice);
    if (named === undefined) {
      return { ...build, config: this.config(build.config, [...path, 'config']) };
    }
    const [name, config] = named;
    const others = Object.entries(build.configs).filter(([other]) => other !== name);
    return {
      ...build,
      config: this.config(config, [...path, 'configs', name]),
      configs: Object.fromEntries(others),
    };
  }

  private source(source: Source, path: KeyPath): Source {
    if ('local' in source) {
      return { local: this.folder(source.local, [...path, 'local']) };
    }
    return 'file' in source ? { file: this.file(source.file, [...path, 'file'], []) } : source;
  }

  private patch(entry: PatchEntry, path: KeyPath): PatchEntry {
    return typeof entry === 'string' ? this.file(entry, path, []) : entry;
  }

  private config(config: KernelConfig, path: KeyPath): KernelConfig {
    const base = this.base(config.base, [...path, 'base']);
    const fragments = config.fragments.map((each, index) =>
      this.file(each, [...path, 'fragments', index], [configsFolder]),
    );
    return { ...config, base, fragments };
  }

  private base(base: KernelConfig['base'], path: KeyPath): KernelConfig['base'] {
    if (typeof base === 'string') {
      return isConfigFile(base) ? this.file(base, path, [configsFolder]) : base;
    }
    this.addresses(base, path);
    return base;
  }

  /** Bytes that no digest vouches for until they are there have to come over a connection that does. */
  private addresses({ url, mirrors, sha256 }: FetchedConfig, path: KeyPath): void {
    const places: [string, KeyPath][] = [
      [url, [...path, 'url']],
      ...mirrors.map((mirror, index): [string, KeyPath] => [mirror, [...path, 'mirrors', index]]),
    ];
    for (const [address, place] of sha256 === undefined ? places : []) {
      const unsafe = whyUnsafe(address);
      if (unsafe !== undefined) {
        const expected = 'an https or file address, or "sha256:" beside it';
        this.problem(place, `${shown(valueAt(this.node, place))}, which ${unsafe}`, expected);
      }
    }
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
