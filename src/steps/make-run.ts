import { cpSync, existsSync, statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { digestJson } from '../core/digest.js';
import type { Failure } from '../core/failure.js';
import { done, failed, type Result } from '../core/result.js';
import type { Component, StepContext } from '../core/step.js';
import type { Build, RecipeComponent } from '../recipe/schema.js';
import { attempt, copyFile, remove, type FileFailure } from '../system/files.js';
import { compilerNames, openCcache, type BuildCcache } from './build/ccache.js';
import { blameCompiler, compilerIdentity } from './build/compiler.js';
import { buildSystem } from './build/index.js';
import { BuildJob } from './build/job.js';
import type { BuildSystem } from './build/system.js';
import { treeUse, type KeptTree } from './tree/kept-tree.js';
import { openTree, remakeTree, type OpenTree } from './tree/open.js';
import { CLOCK_STEP_MILLISECONDS, removeBuild } from './tree/salvage.js';
import { synchroniseTree } from './tree/synchronise.js';

/** What is built. */
export interface MakeOptions {
  readonly component: Component;
  /** As the recipe has it, resolved, with a `build`. */
  readonly recipeComponent: RecipeComponent & { readonly build: Build };
}

/** The work of `make:<component>`. */
export async function makeComponent(
  options: MakeOptions & { readonly context: StepContext },
): Promise<Result<void, Failure>> {
  const { recipeComponent } = options;
  const opened = await openTree(treeUse('make', options));
  if (!opened.ok) {
    return opened;
  }
  const { build } = recipeComponent;
  const making: Making = {
    ...options,
    build,
    system: buildSystem(build),
    setUp: await setUpKey(recipeComponent, opened.value.tree),
  };
  const ready = await prepare(opened.value, making);
  const built = ready.ok ? await buildIn(opened.value.tree, making) : ready;
  return built.ok ? takeOutputs(opened.value.tree, making) : built;
}

interface Making extends MakeOptions {
  readonly context: StepContext;
  readonly build: Build;
  readonly system: BuildSystem;
  readonly setUp: string;
}

/**
 * Stands for all that a build folder cannot follow by itself; kbuild follows everything. The tree's place is in it: what
 * meson or a configure writes names the sources by it, and looks for them there when the workspace has moved.
 */
async function setUpKey(
  { build, outputs }: RecipeComponent & { build: Build },
  { context, source }: KeptTree,
): Promise<string> {
  if (build.system === 'kbuild') {
    return 'kbuild';
  }
  const system = buildSystem(build);
  const compiler = await compilerIdentity(system.tools(build), context);
  const params = system.params(build);
  // Between the sources nothing can be told apart and removed: other targets or outputs begin with a new tree.
  const kept = system.inTree ? { ...params, outputs } : { ...params, targets: [] };
  return digestJson('set-up', { system: build.system, params: kept, compiler, place: source });
}

/** Brings the tree to its inputs. What other options built between the sources goes with the whole tree. */
async function prepare(
  opened: OpenTree,
  { component, context, system, setUp }: Making,
): Promise<Result<void, Failure>> {
  const { state } = opened.tree;
  const spoilt = state.madeInTree === true && (state.setUp !== setUp || !system.inTree);
  const remade = spoilt ? await remakeTree(opened) : done;
  return remade.ok ? synchroniseTree(opened, context.upstream(`patch:${component}`, 'patched')) : remade;
}

async function buildIn(tree: KeptTree, making: Making): Promise<Result<void, Failure>> {
  const { system, build, setUp, component, context } = making;
  const job = new BuildJob(tree, randomUUID());
  const begun = begin(job, making);
  const prepared = begun.ok ? await setUpFolder(job, making) : begun;
  if (!prepared.ok) {
    return begun.ok ? end(job, making, prepared) : begun;
  }
  const recorded = attempt(tree.folder, () => {
    recordSetUp(tree, setUp);
    dropOtherOutputs(tree, making);
  });
  const config = build.system === 'kbuild' ? context.upstream(`configure:${component}`, 'config') : undefined;
  if (!recorded.ok) {
    return recorded;
  }
  const ccache = await openCcache(compilerNames(system, build), context);
  const noted = attempt(tree.folder, () => noteOthers(tree, ccache));
  job.compileWith(ccache.environment);
  const built = noted.ok ? await system.build(job, build, config) : noted;
  await ccache.end();
  return end(job, making, built);
}

/** What others have compiled stays in a tree until that is made anew, whatever later builds there use. */
function noteOthers(tree: KeptTree, { isOfOthers }: BuildCcache): void {
  if (isOfOthers) {
    tree.record({ holdsOthers: true });
  }
  if (tree.state.holdsOthers === true) {
    tree.context.holdsOthers();
  }
}

/** From here until {@link end} whatever a kill leaves in the tree is put right by the next one who opens it. */
function begin(job: BuildJob, { system }: Making): Result<void, FileFailure> {
  const { inTree, cornerstones } = system;
  const making = { marker: job.marker, since: Date.now(), inTree, cornerstones };
  return attempt(job.tree.folder, () => job.tree.record({ making, ...(inTree ? { madeInTree: true } : {}) }));
}

/** Sets up an empty build folder, unless it was set up just so before. */
async function setUpFolder(job: BuildJob, { system, build, setUp }: Making): Promise<Result<void, Failure>> {
  const { tree } = job;
  if (system.inTree || system.setUp === undefined || tree.state.setUp === setUp) {
    return done;
  }
  const emptied = attempt(tree.build, () => removeBuild(tree));
  const made = emptied.ok ? await system.setUp(job, build) : emptied;
  // File times lag behind our clock; without a pause the last files of the set-up would count as the build's.
  await new Promise((resolve) => setTimeout(resolve, 2 * CLOCK_STEP_MILLISECONDS));
  return made;
}

/** What the set-up made is sound from here on, and no longer among what a kill puts in doubt. */
function recordSetUp(tree: KeptTree, setUp: string): void {
  const { making } = tree.state;
  if (making !== undefined && tree.state.setUp !== setUp) {
    tree.record({ setUp, making: { ...making, since: Date.now() } });
  }
}

/** Where other targets were made before, an output that lies there need not be what these make: it would be taken as it is. */
function dropOtherOutputs(tree: KeptTree, { system, build, recipeComponent }: Making): void {
  const asked = digestJson('asked of make', { params: system.params(build), outputs: recipeComponent.outputs });
  if (system.inTree || tree.state.asked === asked) {
    return;
  }
  Object.values(recipeComponent.outputs).forEach((path) => remove(join(system.folder(tree), path)));
  tree.record({ asked });
}

/**
 * A build that was interrupted may have been killed hard, which only the next one can put right. Where make ended
 * by itself in time, it has removed what it was at, and only what is very young stays in doubt.
 */
async function end(job: BuildJob, making: Making, result: Result<void, Failure>): Promise<Result<void, Failure>> {
  const { tree } = job;
  const interrupted = !result.ok && result.failure.reason === 'interrupted';
  const ended = attempt(tree.folder, () => {
    if (!interrupted) {
      tree.recordEnd('making');
    } else if (tree.state.making !== undefined && job.soundUntil !== undefined) {
      tree.record({ making: { ...tree.state.making, since: Math.max(tree.state.making.since, job.soundUntil) } });
    }
  });
  if (!ended.ok || result.ok) {
    return ended;
  }
  return failed(await explained(result.failure, job, making));
}

/** A failure of the build with what cures it, or the better reason for it, where its output tells. */
async function explained(failure: Failure, job: BuildJob, { system, build, context }: Making): Promise<Failure> {
  const remedy = job.remedy.found(build.system);
  if (failure.reason === 'command-failed' && remedy !== undefined) {
    return { ...failure, remedy };
  }
  return job.saw32Bit ? blameCompiler(failure, system.compiler(build), context) : failure;
}

function takeOutputs(tree: KeptTree, { recipeComponent, context }: Making): Result<void, Failure> {
  const folder = buildSystem(recipeComponent.build).folder(tree);
  for (const [output, path] of Object.entries(recipeComponent.outputs)) {
    const from = join(folder, path);
    if (!existsSync(from) || statSync(from).isDirectory() !== path.endsWith('/')) {
      return failed({ reason: 'output-missing', output, path });
    }
    const to = context.output(output);
    const copied = attempt(to, () =>
      path.endsWith('/') ? cpSync(from, to, { recursive: true, dereference: true }) : copyFile(from, to),
    );
    if (!copied.ok) {
      return copied;
    }
  }
  return done;
}
