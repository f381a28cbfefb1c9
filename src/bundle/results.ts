import { existsSync, readFileSync, statSync } from 'node:fs';
import { digestBytes } from '../core/digest.js';
import type { BundleIncomplete } from '../core/failures/bundle.js';
import { failed, success, type Result } from '../core/result.js';
import type { StepName } from '../core/step.js';
import { cachedObject, type StepResult, type Workspace } from '../engine/index.js';
import type { TarFile } from '../system/tar-writer.js';

/** The results of a run's steps, as the cache holds them. */
export interface Results {
  readonly workspace: Workspace;
  readonly steps: ReadonlyMap<StepName, StepResult>;
  /** The command that makes anew what is missing. */
  readonly command: string;
}

/** One file of a step's output. `path` is the one in an output that is a folder. */
export interface OutputFile {
  readonly step: StepName;
  readonly output: string;
  readonly path?: string;
}

/** A file of an output, to be put into a bundle at `to`. Fails with `bundle-incomplete` where the cache has it no more. */
export function resultFile(
  results: Results,
  wanted: OutputFile,
  { to, executable = false }: { readonly to: string; readonly executable?: boolean },
): Result<TarFile, BundleIncomplete> {
  const { step, output, path = '' } = wanted;
  const found = results.steps.get(step)?.outputs[output]?.files.find((file) => file.path === path);
  const missing = `${output === 'image' ? 'the image' : output} of ${step}`;
  if (found === undefined) {
    return failed({
      reason: 'bundle-incomplete',
      missing,
      detail: 'the run did not make it',
      command: results.command,
    });
  }
  const file = cachedObject(results.workspace, found.digest);
  if (!existsSync(file)) {
    const detail = `the cache has its bytes (SHA-256 ${found.digest.slice(0, 12)}...) no more`;
    return failed({ reason: 'bundle-incomplete', missing, detail, command: results.command });
  }
  return success({ path: to, executable, bytes: statSync(file).size, digest: found.digest, content: { file } });
}

/** The text of a small file of an output, checked; `undefined` where the run made none. */
export function resultText(results: Results, wanted: OutputFile): Result<string | undefined, BundleIncomplete> {
  const { step, output } = wanted;
  if (results.steps.get(step)?.outputs[output] === undefined) {
    return success(undefined);
  }
  const file = resultFile(results, wanted, { to: output });
  if (!file.ok) {
    return file;
  }
  const text = 'file' in file.value.content ? readFileSync(file.value.content.file, 'utf8') : '';
  const missing = `${output} of ${step}`;
  return digestBytes(text) === file.value.digest
    ? success(text)
    : failed({ reason: 'bundle-incomplete', missing, detail: 'it is damaged in the cache', command: results.command });
}
