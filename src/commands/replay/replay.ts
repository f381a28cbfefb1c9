import { readPublicKey, type NamedKey } from '../../system/keys.js';
import { openBundle, type OpenBundle } from '../../bundle/replay/open.js';
import { bundledOrigins } from '../../bundle/replay/origins.js';
import { checkProcessors } from '../../bundle/replay/processors.js';
import { bundledVm } from '../../bundle/replay/ready-vm.js';
import { recordedOf } from '../../bundle/recorded.js';
import { replayRecipe } from '../../bundle/replay/recipe.js';
import { replaySteps } from '../../bundle/replay/steps.js';
import { bundleName } from '../../bundle/bundle-document.js';
import type { Signature } from '../../bundle/verify/signature.js';
import type { ExitStatus } from '../../core/exit-status.js';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import { EVERYTHING, openWorkspace, type RunOutcome } from '../../engine/index.js';
import { resolve } from 'node:path';
import { workingFolder } from '../../system/environment.js';
import { readCompareWish, type CompareWish } from '../compare/wish.js';
import { notBegun, watchRun, type RunnablePipeline } from '../run-shown.js';
import type { ReplayCall } from './options.js';
import { checkComparable } from './recorded.js';
import { readSettings } from './settings.js';
import { showReplay } from './show.js';

/** Verifies a bundle, measures what is in it on this machine and compares that with what it says. Gives the exit status. */
export async function replayBundle(call: ReplayCall): Promise<ExitStatus> {
  const asked = readAsked(call);
  const opened = asked.ok ? await open(call, asked.value) : asked;
  if (!opened.ok) {
    return notBegun(call, opened.failure);
  }
  const { bundle } = opened.value;
  try {
    return await measure(call, opened.value);
  } finally {
    bundle.close();
  }
}

interface Asked {
  readonly wish: CompareWish;
  readonly settings: readonly string[];
  readonly key?: NamedKey;
}

function readAsked({ options }: ReplayCall): Result<Asked, Failure> {
  const wish = readCompareWish(options);
  const settings = wish.ok ? readSettings(options) : wish;
  if (!wish.ok || !settings.ok) {
    return settings as Result<never, Failure>;
  }
  if (options.key === undefined) {
    return success({ wish: wish.value, settings: settings.value });
  }
  const key = readPublicKey(resolve(workingFolder(), options.key));
  return key.ok ? success({ wish: wish.value, settings: settings.value, key: key.value }) : key;
}

interface Opened {
  readonly bundle: OpenBundle;
  readonly wish: CompareWish;
  readonly settings: readonly string[];
  /** Absolute, and a workspace now. */
  readonly workspace: string;
}

async function open({ session, bundle, workspace }: ReplayCall, asked: Asked): Promise<Result<Opened, Failure>> {
  const { key, ...others } = asked;
  const place = openWorkspace(workspace);
  if (!place.ok) {
    return place;
  }
  const { folder, unpacked: below } = place.value;
  const opened = await openBundle({ file: bundle, below, signal: session.interruption(), ...(key && { key }) });
  return opened.ok ? success({ ...others, bundle: opened.value, workspace: folder }) : opened;
}

async function measure(call: ReplayCall, opened: Opened): Promise<ExitStatus> {
  const { session, options, recorder } = call;
  const { bundle, wish } = opened;
  const pipeline = pipelineOf(opened);
  if (!pipeline.ok) {
    return notBegun(call, pipeline.failure);
  }
  const outcome = await watchRun(
    // As a loop would, it boots whenever it is called; what was interrupted is gone on with.
    {
      ...{ session, options, recorder, offline: true, keepGoing: false },
      selection: () => ({ ...EVERYTHING, force: ['measure'] }),
    },
    pipeline.value,
  );
  return outcome.ok ? show(call, { bundle, wish }, outcome.value) : notBegun(call, outcome.failure);
}

function show(
  call: ReplayCall,
  { bundle, wish }: Pick<Opened, 'bundle' | 'wish'>,
  outcome: RunOutcome,
): Promise<ExitStatus> {
  const name = bundleName(bundle.document);
  return showReplay({
    ...call,
    outcome,
    replayed: { bundle: bundle.folder, name, run: outcome.folder, wish, options: call.options },
  });
}

function pipelineOf({ bundle, wish, settings, workspace }: Opened): Result<RunnablePipeline, Failure> {
  const { folder, document, signature } = bundle;
  const recipe = replayRecipe(folder, document, { settings, workingFolder: workingFolder() });
  const comparable = recipe.ok ? checkComparable(folder, recipe.value, wish) : recipe;
  if (!recipe.ok || !comparable.ok) {
    return comparable as Result<never, Failure>;
  }
  const processors = checkProcessors(folder, recipe.value);
  if (!processors.ok) {
    return processors;
  }
  const vm = bundledVm(folder, document);
  if (!vm.ok) {
    return vm;
  }
  const steps = replaySteps({
    recipe: recipe.value,
    vm: vm.value.vm,
    origins: bundledOrigins(folder, recipe.value),
  });
  const recorded = recordedOf(document);
  const notices = [
    `${bundleName(document)}: ${bundle.files} files, all as they should be; ${signedText(signature)}`,
    ...vm.value.notices,
    ...(recorded === undefined ? ['it has no figures: nothing is compared'] : []),
  ];
  return success({ recipe: { name: `${document.recipe}-replay` }, steps, workspace, notices, link: 'none' });
}

function signedText(signature: Signature): string {
  switch (signature.kind) {
    case 'none':
      return 'not signed, so nobody vouches for it';
    case 'unchecked':
      return 'its signature was not checked (--key FILE checks it)';
    case 'checked':
      return `signed by the key ${signature.keyId.slice(0, 12)}...`;
  }
}
