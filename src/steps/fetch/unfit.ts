import { accessSync, constants, statSync } from 'node:fs';
import type { FileFault, FileUnfit } from '../../core/failures/recipe.js';
import type { Component } from '../../core/step.js';
import { attempt } from '../../system/files.js';
import { kernelFormat } from '../../system/kernel-image.js';

/** Why a file cannot be that component; `undefined` where nothing speaks against it. It is looked at, not run. */
export function whyUnfit(component: Component, path: string): FileUnfit | undefined {
  const looked = attempt(path, () => faultOf(component, path));
  const fault: FileFault | undefined = looked.ok ? looked.value : { kind: 'unreadable' };
  return fault === undefined ? undefined : { reason: 'file-unfit', component, path, fault };
}

function faultOf(component: Component, path: string): FileFault | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) {
    return { kind: stat === undefined ? 'missing' : 'no-file' };
  }
  if (!allows(path, constants.R_OK)) {
    return { kind: 'unreadable' };
  }
  return stat.size === 0 ? { kind: 'empty' } : CHECKS[component](path, stat.size);
}

const CHECKS: Readonly<Record<Component, (path: string, size: number) => FileFault | undefined>> = {
  hypervisor: (path) => (allows(path, constants.X_OK) ? undefined : { kind: 'not-executable' }),
  firmware: (_path, size) => sizeFault(size),
  kernel: (path) => (kernelFormat(path) === undefined ? { kind: 'no-kernel' } : undefined),
};

/** A firmware ends at 4 GiB. From 16 MiB below on other things of a PC are in its way. */
const FIRMWARE = { block: 64 * 1024, most: 16 * 1024 * 1024 };

function sizeFault(size: number): FileFault | undefined {
  if (size > FIRMWARE.most) {
    return { kind: 'too-big', size };
  }
  return size % FIRMWARE.block === 0 ? undefined : { kind: 'odd-size', size };
}

function allows(path: string, mode: number): boolean {
  return attempt(path, () => accessSync(path, mode)).ok;
}
