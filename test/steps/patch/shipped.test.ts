import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureLines } from '../../../src/ui/failure-lines.js';
import { plainPaint } from '../../../src/ui/paint.js';
import { numbered, PatchRig } from '../patch-rig.js';

let rig: PatchRig;
beforeEach(() => {
  rig = new PatchRig();
});
afterEach(() => rig.close());

/** The last steps of a kernel up to user space, at the line at which they stand there. */
const kernel = (above: number, ...between: string[]) => ({
  'init/main.c': [
    numbered(above),
    '\tsystem_state = SYSTEM_RUNNING;\n',
    '\n\trcu_end_inkernel_boot();\n\n',
    ...between,
    '\tif (ramdisk_execute_command) {\n\t\tret = run_init_process(ramdisk_execute_command);\n',
    '\t\tif (!ret)\n\t\t\treturn 0;\n\t}\n',
  ].join(''),
});
const of4 = kernel(1_070);
const of6 = kernel(1_520, '\tdo_sysctl_args();\n\n');
const write = '\trcu_end_inkernel_boot();\n\n\t/* bootlap: user space is next. */\n\toutb(2, 0xf6);\n\n';
const for4 = 'linux/4.18/0001-init-exit-the-VM-before-user-space.patch';

describe('the write before user space', () => {
  test.each([
    ['4.18', of4, '0001-init-exit-the-VM-before-user-space.patch: init/main.c at line 1072 (offset 2)', '\tif (ram'],
    ['5.7', of4, '0001-init-exit-the-VM-before-user-space.patch: init/main.c at line 1072 (offset 2)', '\tif (ram'],
    [
      '6.1.170',
      of6,
      '0001-init-report-the-last-moment-before-user-space.patch: init/main.c at line 1522 (offset 15)',
      '\tdo_sysctl_args();',
    ],
  ])('is put into Linux %s by the series, and it is said where', async (version, files, notice, next) => {
    rig.fetched(files, { version });
    expect(await rig.run([{ series: 'linux' }])).toMatchObject({ ok: true });
    expect(rig.bench.heard.notices).toEqual([notice]);
    expect(rig.patched('init/main.c')).toContain(`${write}${next}`);
  });

  test('of 4.18 is refused by a kernel of today, and the message says what stands there', async () => {
    rig.fetched(of6, { version: '6.1.170' });
    const result = await rig.run([{ shipped: for4 }]);
    if (result.ok) {
      throw new Error('it went in');
    }
    expect(result.failure).toMatchObject({ reason: 'patch-rejected', file: 'init/main.c', hunk: 1, line: 1070 });
    const shown = failureLines({ failure: result.failure }, { paint: plainPaint, columns: () => 200 }).join('\n');
    expect(shown).toContain('does not apply to init/main.c:1070, hunk 1: the lines differ at line 1525');
    expect(shown).toMatch(/init\/main\.c has:\n.*\+ \tdo_sysctl_args\(\);/);
  });

  test('that is in already is recognised, in either form', async () => {
    for (const [files, version] of [
      [of4, '4.18'],
      [of6, '6.1'],
    ] as const) {
      rig.fetched(
        { 'init/main.c': files['init/main.c'].replace('\trcu_end_inkernel_boot();\n\n', write) },
        { version },
      );
      expect(await rig.run([{ series: 'linux' }])).toMatchObject({ ok: true });
      expect(rig.bench.heard.notices.at(-1)).toMatch(/^0001-.*\.patch is in the source already and was left out$/);
      expect(rig.manifest()).toEqual([]);
    }
  });
});

describe("the host bridge of NEMU's virt machine in qboot", () => {
  const patch = [{ shipped: 'qboot/0001-pci-know-the-host-bridge-of-NEMU-virt.patch' }];
  const header = (vendor: string, device: string) =>
    [
      numbered(80),
      '#define PCI_DEVICE_ID_INTEL_Q35_MCH     0x29c0\n',
      '#define PCI_DEVICE_ID_INTEL_82371SB_1\t0x7010\n',
      '#define PCI_DEVICE_ID_INTEL_82371AB\t0x7111\n',
      `#define PCI_VENDOR_ID_QEMU ${vendor}\n`,
      `#define PCI_DEVICE_ID_QEMU_VIRT_PCI ${device}\n`,
      '\n#define PCIE_MMCONFIG_BASE 0xb0000000\n#define PCIE_MMCONFIG_SIZE (256 * 1024 * 1024)\n',
    ].join('');

  test('is put in where the lines have moved', async () => {
    rig.fetched({ 'include/pci.h': header('0x1b36', '0x8') });
    expect(await rig.run(patch)).toMatchObject({ ok: true });
    expect(rig.patched('include/pci.h')).toBe(header('0x8086', '0x0d57'));
    expect(rig.bench.heard.notices).toEqual([
      '0001-pci-know-the-host-bridge-of-NEMU-virt.patch: include/pci.h at line 81 (offset 14)',
    ]);
  });

  test('that is in already is recognised', async () => {
    rig.fetched({ 'include/pci.h': header('0x8086', '0x0d57') });
    expect(await rig.run(patch)).toMatchObject({ ok: true });
    expect(rig.bench.heard.notices).toEqual([
      '0001-pci-know-the-host-bridge-of-NEMU-virt.patch is in the source already and was left out',
    ]);
    expect(rig.manifest()).toEqual([]);
  });
});
