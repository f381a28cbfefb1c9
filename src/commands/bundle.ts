import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { NamedKey } from '../system/keys.js';
import type { HypervisorWish } from '../bundle/vm-part.js';
import type { WrittenBundle } from '../bundle/write.js';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import { workspaceAt } from '../engine/index.js';
import { workingFolder } from '../system/environment.js';
import { stopped, type Bundled } from './bundle/bundled.js';
import type { BundleOptions } from './bundle/options.js';
import { openRecorder, type Recorder } from './ci/recorder.js';
import { whatIsNamed } from './compare/named.js';
import { addExecutionOptions, DEFAULT_RECIPE } from './options.js';
import { failAll } from './report-failure.js';
import type { Session } from './session.js';
import { workspaceFolder } from './workspace-folder.js';

const EXAMPLES = `
A recipe is run first where it is not fresh; of a run it takes what that run made. docs/bundle.md says what is in it.

Examples:
  bootlap bundle                               the recipe "stock", with its figures
  bootlap bundle latest --sign-key ci.key      what the newest run made, signed
  bootlap bundle ./mine.yaml --no-samples      what is built alone: the same bytes on every machine
  bootlap verify bootlap-stock-*.tar.gz`;

/** `bootlap bundle [recipe|run]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command.argument('[recipe|run]', 'a recipe, or a run: its id, its folder, or "latest"', DEFAULT_RECIPE);
  addExecutionOptions(command)
    .option('--offline', 'fail instead of using the network')
    .option('--out <file>', 'where the archive goes: a file or a folder (default: here, under a name of its own)')
    .option('--no-samples', 'without figures, and without measuring')
    .option('--sign-key <file>', 'sign it with this private key (bootlap keygen)')
    .option('--hypervisor <how>', "a distribution's hypervisor: include it, or name its packages", 'include')
    .addHelpText('after', EXAMPLES)
    .action(async (named: string, options: BundleOptions) => report(await bundle(session, named, options)));
}

/** What is settled before anything is built. */
interface Wish {
  readonly hypervisor: HypervisorWish;
  readonly key?: NamedKey;
}

/** A call, and who records it. */
interface BundleCall {
  readonly session: Session;
  readonly named: string;
  readonly options: BundleOptions;
  readonly recorder: Recorder | undefined;
}

async function bundle(session: Session, named: string, options: BundleOptions): Promise<ExitStatus> {
  const recorder = openRecorder(session, options);
  const status = await bundleRecorded({ session, named, options, recorder });
  return recorder === undefined ? status : recorder.end(status);
}

async function bundleRecorded(call: BundleCall): Promise<ExitStatus> {
  const { session, options } = call;
  const wish = await readWish(options);
  if (!wish.ok) {
    return stop(call, wish.failure);
  }
  const bundled = await whatIsBundled(call);
  if (!bundled.ok) {
    return failAll(session, bundled.failure);
  }
  const { writeBundle } = await import('../bundle/write.js');
  const written = await writeBundle({
    ...bundled.value,
    ...wish.value,
    samples: options.samples ? 'with' : 'without',
    out: (name) => placeOf(name, options.out),
    signal: session.interruption(),
  });
  if (!written.ok) {
    return stop(call, written.failure);
  }
  call.recorder?.made('bundle');
  return show(session, written.value, options);
}

function stop({ session, recorder }: BundleCall, failure: Failure): Promise<ExitStatus> {
  recorder?.stopped(failure);
  return failAll(session, [{ failure }]);
}

async function readWish({ hypervisor, signKey }: BundleOptions): Promise<Result<Wish, Failure>> {
  if (hypervisor !== 'include' && hypervisor !== 'packages') {
    const message = `--hypervisor ${hypervisor} is neither "include" nor "packages"`;
    return failed({ reason: 'usage', message, hint: 'leave it away for "include"' });
  }
  if (signKey === undefined) {
    return success({ hypervisor });
  }
  const { readPrivateKey } = await import('../system/keys.js');
  const key = readPrivateKey(resolve(workingFolder(), signKey));
  return key.ok ? success({ hypervisor, key: key.value }) : key;
}

/** What has failed is recorded already. */
async function whatIsBundled({ session, named, options, recorder }: BundleCall): Promise<Bundled> {
  const places = { runs: workspaceAt(workspaceFolder(options)).runs, workingFolder: workingFolder() };
  const what = whatIsNamed(named, places);
  if (!what.ok) {
    return stopped(recorder, what.failure);
  }
  if (what.value.kind === 'recipe') {
    const { bundleOfRecipe } = await import('./bundle/recipe.js');
    return bundleOfRecipe({ session, options, recorder }, what.value.nameOrFile);
  }
  const { bundleOfRun } = await import('./bundle/run.js');
  const bundled = await bundleOfRun(what.value);
  return bundled.ok ? bundled : stopped(recorder, bundled.failure);
}

function placeOf(name: string, out: string | undefined): string {
  const place = resolve(workingFolder(), out ?? '.');
  const isFolder = out?.endsWith('/') === true || (existsSync(place) && statSync(place).isDirectory());
  return isFolder ? join(place, `${name}.tar.gz`) : place;
}

async function show(session: Session, written: WrittenBundle, { json }: BundleOptions): Promise<ExitStatus> {
  if (json === true) {
    session.output.write(`${JSON.stringify({ event: 'bundle', ...written })}\n`);
    return EXIT_STATUS.done;
  }
  const { writtenLines } = await import('../ui/bundle-lines.js');
  session.output.write(`${writtenLines(written).join('\n')}\n`);
  return EXIT_STATUS.done;
}
