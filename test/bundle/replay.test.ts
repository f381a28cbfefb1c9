import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Digest } from '../../src/core/digest.js';
import type { BundleDocument } from '../../src/bundle/bundle-document.js';
import { bundledVm } from '../../src/bundle/replay/ready-vm.js';
import { replayRecipe } from '../../src/bundle/replay/recipe.js';
import { replayScript } from '../../src/bundle/replay-script.js';
import { makeBundle, makeBundleProject, unpackBundle } from '../rig/bundle-project.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const base = mkdtempSync(join(tmpdir(), 'bootlap-replayed-'));
let top = '';
let document = {} as BundleDocument;

beforeAll(async () => {
  makeBundleProject(base);
  top = unpackBundle(await makeBundle(base, 'w'), join(base, 'unpacked'));
  document = JSON.parse(readFileSync(join(top, 'bundle.json'), 'utf8')) as BundleDocument;
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

const recipeOf = (changed: Partial<BundleDocument> = {}, settings: readonly string[] = []): object => {
  const recipe = replayRecipe(top, { ...document, ...changed }, { settings, workingFolder: base });
  return recipe.ok ? recipe.value : recipe.failure;
};

describe('the recipe of a replay', () => {
  test('keeps to TCG where that was recorded, and to KVM only as far as it serves', () => {
    expect(recipeOf({ measured: { accelerator: 'tcg', method: 'exit' } })).toMatchObject({ machine: { accel: 'tcg' } });
    expect(recipeOf({ measured: { accelerator: 'kvm', method: 'exit' } })).toMatchObject({
      machine: { accel: 'auto' },
    });
  });

  test('measures by the method that was recorded, unless another one is asked for', () => {
    const measured = { accelerator: 'tcg', method: 'exit' };
    expect(recipeOf({ measured })).toMatchObject({ measure: { method: 'exit' } });
    expect(recipeOf({ measured }, ['measure.method=both'])).toMatchObject({ measure: { method: 'both' } });
  });

  test('takes settings of the measurement and no others', () => {
    expect(recipeOf({}, ['measure.boots=7', 'measure.pin.vm=1'])).toMatchObject({
      measure: { boots: 7, pin: { vm: 1 } },
    });
    expect(recipeOf({}, ['machine.memory=128'])).toMatchObject({ reason: 'usage' });
  });
});

describe('the VM of a replay', () => {
  test('of another architecture is refused, with both names', () => {
    expect(bundledVm(top, document, 'arm64')).toMatchObject({
      ok: false,
      failure: { reason: 'bundle-unfit', detail: 'it is for x64, and this machine is arm64' },
    });
  });

  test('starts through the loader of the bundle, with its modules and its ROMs', () => {
    const hypervisor = {
      kind: 'included',
      program: 'vm/hypervisor',
      loader: 'vm/lib/ld.so',
      libraries: 'vm/lib',
      modules: 'vm/modules',
      data: 'vm/share',
    } as const;
    const vm = bundledVm(top, { ...document, vm: { ...document.vm, hypervisor } });
    expect(vm).toMatchObject({
      value: {
        vm: {
          files: {
            hypervisor: join(top, 'vm/hypervisor'),
            launcher: [join(top, 'vm/lib/ld.so'), '--library-path', join(top, 'vm/lib')],
            environment: { QEMU_MODULE_DIR: join(top, 'vm/modules') },
            dataFolder: join(top, 'vm/share'),
          },
        },
      },
    });
  });

  test('that has to be installed is named with its packages where it is not', () => {
    const packages = [{ name: 'qemu-system-x86', version: '1:7.2' }];
    const wanted = { kind: 'packages', version: '7.2.0', digest: 'a'.repeat(64) as Digest, packages } as const;
    const of = (program: string): unknown =>
      bundledVm(top, {
        ...document,
        vm: { ...document.vm, hypervisor: { ...wanted, program } },
      });
    expect(of('qemu-of-nowhere')).toMatchObject({
      failure: {
        detail: expect.stringContaining('qemu-of-nowhere') as string,
        hint: expect.stringContaining('qemu-system-x86 1:7.2') as string,
      },
    });
    expect(of('sh')).toMatchObject({
      value: { notices: [expect.stringContaining('is not the hypervisor') as string] },
    });
  });
});

describe('replay.sh', () => {
  test('is the same for the same bundle, and boots with either accelerator', () => {
    expect(replayScript(document)).toBe(replayScript(document));
    expect(replayScript(document)).toBe(readFileSync(join(top, 'replay.sh'), 'utf8'));
    expect(replayScript(document)).toMatch(/firmware-kvm\)[^;]*-accel kvm/);
    expect(replayScript(document)).toMatch(/firmware-tcg\)[^;]*-accel tcg/);
  });

  test('binds the VM and the stopwatch as the recipe does', () => {
    const measure = { ...document.measure, pin: { vm: 3, stopwatch: 2 }, realtime: 50 };
    const script = replayScript({ ...document, measure });
    expect(script).toContain('\npin=3\npin_self=2\nrealtime=50\n');
  });

  test('keeps whatever a recipe says in quotes', () => {
    const append = `it's $(reboot) "\`x\`" \\`;
    const script = replayScript({ ...document, machine: { ...document.machine, append } });
    expect(script).toContain(`-append 'it'\\''s $(reboot) "\`x\`" \\'`);
  });
});
