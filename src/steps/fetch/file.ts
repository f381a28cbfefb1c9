import { basename } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { FileSource } from '../../recipe/schema.js';
import type { CommandFailure } from '../../system/command.js';
import { attempt, digestFile } from '../../system/files.js';
import { writeSourceLayout, type FileLayout } from '../source-layout.js';
import { dataDigests, qemuDataFiles } from './qemu-data.js';
import { fetchShape } from './shape.js';
import { whyUnfit } from './unfit.js';
import { versionLine } from './version-line.js';

/**
 * A finished file of this machine, used where it lies: an emulator finds its ROMs from there. Its bytes, and those of
 * the ROMs that an emulator loads, are read, so that a change of them shows.
 */
export function fetchFile(component: Component, { file }: FileSource): Step {
  const fit = whyUnfit(component, file) === undefined;
  const data = component === 'hypervisor' ? qemuDataFiles(file) : {};
  return fetchShape({
    component,
    what: `${basename(file)}, a file of this machine`,
    lane: 'light',
    params: { kind: 'file', fit },
    files: fit ? { [basename(file)]: file, ...data } : {},
    fill: (folder, context) => fill(folder, context, { component, file, data }),
  });
}

interface Finished {
  readonly component: Component;
  /** Absolute. */
  readonly file: string;
  /** Label -> path, as the step declared them. */
  readonly data: Readonly<Record<string, string>>;
}

async function fill(folder: string, context: StepContext, finished: Finished): Promise<Result<void, Failure>> {
  const unfit = whyUnfit(finished.component, finished.file);
  if (unfit !== undefined) {
    return failed(unfit);
  }
  const version = await versionOf(finished, context);
  if (!version.ok) {
    return version;
  }
  const layout = attempt(finished.file, () => describe(finished, version.value));
  return layout.ok ? writeSourceLayout(folder, layout.value) : layout;
}

function describe({ file, data }: Finished, version: string): FileLayout {
  const known = version === '' ? {} : { version };
  return { kind: 'file', ...known, digest: digestFile(file), files: dataDigests(data) };
}

/** Of a hypervisor; empty for what is no program. One that cannot be run at all is known here, not at the first boot. */
async function versionOf({ component, file }: Finished, context: StepContext): Promise<Result<string, Failure>> {
  if (component !== 'hypervisor') {
    return success('');
  }
  const version = await versionLine(file, component, context);
  if (!version.ok) {
    return failed(unfitProgram(file, version.failure));
  }
  context.log.line(`${file}: ${version.value}`);
  return version;
}

function unfitProgram(file: string, failure: CommandFailure): Failure {
  return failure.reason === 'command-failed'
    ? {
        reason: 'hypervisor-unfit',
        binary: file,
        detail: `it does not answer --version: ${failure.lastLines.at(-1) ?? ''}`,
      }
    : failure;
}
