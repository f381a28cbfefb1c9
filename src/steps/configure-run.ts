import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { digestJson } from '../core/digest.js';
import type { Failure } from '../core/failure.js';
import type { ConfigRefused } from '../core/failures/build.js';
import { done, failed, type Result } from '../core/result.js';
import type { Component, StepContext } from '../core/step.js';
import type { KbuildBuild, RecipeComponent } from '../recipe/schema.js';
import { attempt, copyFile, readTextIfThere, remove, writeFileAtomically } from '../system/files.js';
import { endMarkedProcesses } from '../system/processes.js';
import { BuildJob } from './build/job.js';
import { assignments } from './build/variables.js';
import { isFile } from './configure/base.js';
import { mergeConfig, readAssignments, refusedSymbols } from './configure/merge.js';
import { fetchedConfigOutput } from './fetch/config.js';
import { concernsConfiguration } from './tree/kconfig-paths.js';
import { treeUse, type KeptTree } from './tree/kept-tree.js';
import { openTree } from './tree/open.js';
import { synchroniseTree } from './tree/synchronise.js';

/** What is configured. */
export interface ConfigureOptions {
  readonly component: Component;
  /** As the recipe has it, resolved, with a kbuild `build`: the fragments, and a base that is a file, are absolute. */
  readonly recipeComponent: RecipeComponent & { readonly build: KbuildBuild };
}

/** What a run of the step works on. */
export interface Configuring extends ConfigureOptions {
  readonly context: StepContext;
}

/** The work of `configure:<component>`. */
export async function configure(configuring: Configuring): Promise<Result<void, Failure>> {
  const { component, context } = configuring;
  const opened = await openTree(treeUse('configure', configuring));
  if (!opened.ok) {
    return opened;
  }
  const patched = context.upstream(`patch:${component}`, 'configuration');
  const ready = await synchroniseTree(opened.value, patched, concernsConfiguration);
  return ready.ok ? runKconfig(opened.value.tree, configuring) : ready;
}

/**
 * Kconfig works in a folder of its own beside the source and never in the build folder, whose `.config` changes only
 * when it really becomes another. The file `whole` says that its programs were not cut off while they were compiled.
 */
async function runKconfig(tree: KeptTree, configuring: Configuring): Promise<Result<void, Failure>> {
  const folder = tree.kconfig;
  const whole = join(folder, 'whole');
  const job = new BuildJob(tree, digestJson('kconfig', folder));
  if (readTextIfThere(whole) === undefined) {
    await endMarkedProcesses(job.marker);
  }
  const begun = attempt(folder, () => {
    remove(readTextIfThere(whole) === undefined ? folder : whole);
    mkdirSync(folder, { recursive: true });
  });
  const made = begun.ok ? await makeConfig(job, folder, configuring) : begun;
  if (!made.ok && made.failure.reason === 'interrupted') {
    return made;
  }
  const ended = attempt(whole, () => writeFileAtomically(whole, ''));
  return ended.ok ? made : ended;
}

async function makeConfig(job: BuildJob, folder: string, configuring: Configuring): Promise<Result<void, Failure>> {
  const { config, variables } = configuring.recipeComponent.build;
  const target = (name: string): Promise<Result<void, Failure>> =>
    job.make({ arguments: ['O=../kconfig', ...assignments(variables), name], folder: job.tree.source });
  const file = join(folder, '.config');
  // A target such as defconfig starts from nothing, not from what the last configuration came to.
  const cleared = attempt(file, () => remove(file));
  if (!cleared.ok) {
    return cleared;
  }
  const base = baseOf(configuring);
  const based = 'target' in base ? await target(base.target) : attempt(file, () => copyFile(base.file, file));
  if (!based.ok) {
    return based;
  }
  const merged = attempt(file, () => mergeInto(file, config.fragments));
  const settled = merged.ok ? await target('olddefconfig') : merged;
  if (!settled.ok) {
    return settled;
  }
  return takeConfig(file, configuring);
}

function baseOf({ component, recipeComponent, context }: Configuring): { target: string } | { file: string } {
  const { base } = recipeComponent.build.config;
  if (typeof base === 'string') {
    return isFile(base) ? { file: base } : { target: base };
  }
  const { step, output } = fetchedConfigOutput(component);
  return { file: context.upstream(step, output) };
}

function mergeInto(file: string, fragments: readonly string[]): void {
  const texts = fragments.map((path) => readFileSync(path, 'utf8'));
  writeFileAtomically(file, mergeConfig(readFileSync(file, 'utf8'), texts));
}

function takeConfig(file: string, { recipeComponent, context }: Configuring): Result<void, Failure> {
  const to = context.output('config');
  const read = attempt(file, () => readFileSync(file, 'utf8'));
  const refused = read.ok ? refusals(read.value, recipeComponent.build.config.fragments) : undefined;
  if (refused !== undefined) {
    return failed(refused);
  }
  const copied = attempt(to, () => copyFile(file, to));
  return copied.ok ? done : copied;
}

/** What Kconfig did not grant, of the first fragment that has such a thing. A later fragment may overrule an earlier. */
function refusals(config: string, fragments: readonly string[]): ConfigRefused | undefined {
  const got = readAssignments(config);
  const texts = fragments.map((path) => ({ path, asked: readAssignments(readFileSync(path, 'utf8')) }));
  for (const [index, { path, asked }] of texts.entries()) {
    const overruled = new Set(texts.slice(index + 1).flatMap((later) => [...later.asked.keys()]));
    const symbols = refusedSymbols(new Map([...asked].filter(([symbol]) => !overruled.has(symbol))), got);
    if (symbols.length > 0) {
      return { reason: 'config-refused', fragment: basename(path), symbols };
    }
  }
  return undefined;
}
