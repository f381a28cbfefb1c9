import { arch } from 'node:os';
import { join } from 'node:path';
import type { BundleUnfit } from '../../core/failures/bundle.js';
import { failed, success, type Result } from '../../core/result.js';
import type { ReadyVm, VmFiles } from '../../measure/vm-files.js';
import { findProgram } from '../../system/distribution.js';
import { readElf } from '../../system/elf.js';
import { attempt, digestFile, listFolder, type FileFailure } from '../../system/files.js';
import type { BundledHypervisor, BundleDocument, PackagedHypervisor } from '../bundle-document.js';
import { isSoftware } from '../fingerprint.js';

/** Where QEMU looks for its modules, whatever was built into it. */
const MODULES_VARIABLE = 'QEMU_MODULE_DIR';

/** What of an unpacked bundle is booted here. */
export interface BundledVm {
  readonly vm: ReadyVm;
  /** What differs from what was bundled, for a person. */
  readonly notices: readonly string[];
}

/**
 * The VM of an unpacked bundle: the hypervisor through the loader that came with it, so that no library of this machine
 * counts. Fails with `bundle-unfit` where it is for another architecture, or its hypervisor has to be installed and is
 * not.
 */
export function bundledVm(
  folder: string,
  document: BundleDocument,
  architecture: string = arch(),
): Result<BundledVm, BundleUnfit | FileFailure> {
  const { hypervisor, firmware, kernel, init } = document.vm;
  const at = (path: string): string => join(folder, path);
  const images = { firmware: at(firmware), kernel: at(kernel), ...(init === undefined ? {} : { initrd: at(init) }) };
  const own = Object.fromEntries(
    listFolder(folder)
      .filter(({ path }) => isSoftware(path))
      .map(({ path }) => [path, at(path)]),
  );
  const stopwatch = at(document.stopwatch);
  const built = attempt(stopwatch, () => readElf(stopwatch)?.architecture);
  if (!built.ok) {
    return built;
  }
  if (built.value !== architecture) {
    return failed(otherArchitecture(folder, built.value ?? 'another system', architecture));
  }
  // Access is refused there, whatever the mode says.
  if (findProgram(stopwatch) === undefined) {
    return failed(notRunnable(folder));
  }
  if (hypervisor.kind === 'included') {
    const files = { ...includedFiles(hypervisor, at), ...images };
    return success({ vm: { files, stopwatch, inputs: own }, notices: [] });
  }
  const installed = installedProgram(folder, hypervisor);
  if (!installed.ok) {
    return installed;
  }
  const program = installed.value;
  const vm = { files: { hypervisor: program, ...images }, stopwatch, inputs: { ...own, hypervisor: program } };
  return success({ vm, notices: otherProgram(program, hypervisor) });
}

function notRunnable(bundle: string): BundleUnfit {
  const hint = 'take one where they may run, with --workspace DIR';
  return { reason: 'bundle-unfit', bundle, detail: 'programs may not run on the disk that it lies on (noexec)', hint };
}

function otherArchitecture(bundle: string, built: string, here: string): BundleUnfit {
  const hint = `measure it on a machine with Linux on ${built}`;
  return { reason: 'bundle-unfit', bundle, detail: `it is for ${built}, and this machine is ${here}`, hint };
}

function includedFiles(
  { program, loader, libraries, modules, data }: BundledHypervisor,
  at: (path: string) => string,
): Pick<VmFiles, 'hypervisor' | 'launcher' | 'environment' | 'dataFolder'> {
  return {
    hypervisor: at(program),
    ...(loader === undefined || libraries === undefined
      ? {}
      : { launcher: [at(loader), '--library-path', at(libraries)] }),
    ...(modules === undefined ? {} : { environment: { [MODULES_VARIABLE]: at(modules) } }),
    ...(data === undefined ? {} : { dataFolder: at(data) }),
  };
}

function installedProgram(bundle: string, { program, packages }: PackagedHypervisor): Result<string, BundleUnfit> {
  const found = findProgram(program);
  if (found !== undefined) {
    return success(found);
  }
  const named = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
  return failed({
    reason: 'bundle-unfit',
    bundle,
    detail: `its hypervisor is not in it, and ${program} is not installed`,
    hint: `it has to be installed from ${named}`,
  });
}

function otherProgram(found: string, { digest, version, packages }: PackagedHypervisor): string[] {
  if (digestFile(found) === digest) {
    return [];
  }
  const from = packages.map((each) => `${each.name} ${each.version}`).join(', ');
  return [
    `${found} is not the hypervisor that was measured (${version}; ${from}): its figures are those of another one`,
  ];
}
