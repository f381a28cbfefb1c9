import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestFile } from '../../src/system/files.js';
import type { Failure } from '../../src/core/failure.js';
import type { Component } from '../../src/core/step.js';
import { fetchFile } from '../../src/steps/fetch/file.js';
import { readSourceLayout } from '../../src/steps/source-layout.js';
import { temporaryFolders } from '../rig/folder.js';
import { fakeBzImage, fakeFirmware, offeringHypervisor, QEMU_HELP } from '../rig/vm-offer.js';
import { startStepRig } from './fetch-rig.js';

const folder = temporaryFolders();

async function failureOf(component: Component, file: string): Promise<Failure> {
  const fetched = await startStepRig(folder()).run(fetchFile(component, { file }));
  if (fetched.ok) {
    throw new Error(`${file} was taken`);
  }
  return fetched.failure;
}

test('the record of a finished file is its digest, and of an emulator its version and its ROMs too', async () => {
  const here = folder();
  const rig = startStepRig(folder());
  const kernel = fakeBzImage(here);
  expect(await rig.run(fetchFile('kernel', { file: kernel }))).toMatchObject({ ok: true });
  expect(readSourceLayout(rig.output('fetch:kernel', 'source'))).toMatchObject({
    value: { kind: 'file', digest: digestFile(kernel), files: [] },
  });

  // As an old QEMU's build tree has them: the ROMs beside the folder of the binary.
  const hypervisor = offeringHypervisor(join(here, 'x86_64-softmmu'), QEMU_HELP);
  mkdirSync(join(here, 'pc-bios'));
  writeFileSync(join(here, 'pc-bios/linuxboot_dma.bin'), 'rom');
  const step = fetchFile('hypervisor', { file: hypervisor });
  expect(Object.keys(step.inputs.files)).toEqual(['qemu-system-x86_64_virt', 'roms/linuxboot_dma.bin']);
  expect(await rig.run(step)).toMatchObject({ ok: true });
  expect(readSourceLayout(rig.output('fetch:hypervisor', 'source'))).toMatchObject({
    value: { version: 'QEMU emulator version 4.0.0', files: [{ path: 'roms/linuxboot_dma.bin' }] },
  });
});

test('no path is in the record or in the parameters, so that two machines agree', async () => {
  const rig = startStepRig(folder());
  const here = folder();
  const step = fetchFile('firmware', { file: fakeFirmware(here) });
  await rig.run(step);
  const text = readFileSync(join(rig.output('fetch:firmware', 'source'), 'source.json'), 'utf8');
  expect(text + JSON.stringify(step.inputs.params)).not.toContain(here);
});

test('a file that cannot be what it is named as is refused with the reason', async () => {
  const here = folder();
  const bios = fakeFirmware(here);
  const cut = (size: number): string => {
    truncateSync(bios, size);
    return bios;
  };
  expect(await failureOf('kernel', join(here, 'gone'))).toMatchObject({
    reason: 'file-unfit',
    fault: { kind: 'missing' },
  });
  expect(await failureOf('kernel', here)).toMatchObject({ fault: { kind: 'no-file' } });
  expect(await failureOf('kernel', bios)).toMatchObject({ fault: { kind: 'no-kernel' } });
  expect(await failureOf('firmware', cut(70_000))).toMatchObject({ fault: { kind: 'odd-size', size: 70_000 } });
  expect(await failureOf('firmware', cut(17 * 1024 * 1024))).toMatchObject({ fault: { kind: 'too-big' } });
  expect(await failureOf('firmware', cut(0))).toMatchObject({ fault: { kind: 'empty' } });
  const hypervisor = offeringHypervisor(here, QEMU_HELP);
  chmodSync(hypervisor, 0o644);
  expect(await failureOf('hypervisor', hypervisor)).toMatchObject({ fault: { kind: 'not-executable' } });
});

test('an emulator that does not run here is known before the first boot', async () => {
  const file = join(folder(), 'qemu-for-another-processor');
  writeFileSync(file, '\x7fELF of nothing', { mode: 0o755 });
  expect(await failureOf('hypervisor', file)).toMatchObject({ reason: 'hypervisor-unfit', binary: file });
});
