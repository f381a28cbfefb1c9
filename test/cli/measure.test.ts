import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRecipe } from '../../src/recipe/load.js';
import { bootlap, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { SOUND_FAKE } from '../rig/vm-fake.js';
import { buildGuest } from '../rig/vm-guest.js';
import { callsOf, fakeBzImage, fakeFirmware, NEMU_HELP, offeringHypervisor, QEMU_HELP } from '../rig/vm-offer.js';

const folder = temporaryFolders();

/** A folder with a hypervisor of known truth, a firmware and a kernel, and a call of `measure` on them. */
function handmade(help = QEMU_HELP, body?: string): { hypervisor: string; base: string; call: Call } {
  const base = folder();
  const hypervisor = offeringHypervisor(join(base, 'vm'), help, body);
  fakeFirmware(base);
  fakeBzImage(base);
  const files = [`--binary=${hypervisor}`, '--firmware=bios.bin', '-k', 'bzImage', '--workspace', 'w'];
  const call: Call = (...words) => bootlap(['measure', ...files, '--warmup', '0', ...words], { folder: base });
  return { hypervisor, base, call };
}

type Call = (...words: string[]) => Promise<Called>;

const TIMES = /^real\t\d+m\d+\.\d{3}s\nuser\t\d+m\d+\.\d{3}s\nsys\t\d+m\d+\.\d{3}s$/gm;

describe('a measurement of what was built by hand', () => {
  test('needs no recipe, boots each point as often as asked, and prints the times of each and the table', async () => {
    const { call, hypervisor } = handmade();
    const { status, stdout, stderr } = await call('--iterations=3', '--accel', 'tcg');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('taking that on the machine "pc"');
    expect(stdout).toContain('expecting the guest to write 1 at 0xf5, 3 at 0xf4, 2 at 0xf6');
    expect(stdout.match(TIMES)).toHaveLength(3);
    expect(stdout).toMatch(/^0xf4, 3 boots\nreal/m);
    expect(stdout).toMatch(/^0xf5: .* 3 +[\d.]+ /m);
    expect(stdout).toMatch(/^tKernel /m);
    // One boot for each point by the probe, and three.
    expect(callsOf(hypervisor)).toHaveLength(3 + 9);
    expect(callsOf(hypervisor)[0]).toContain('-device isa-debug-exit,iobase=0xf5,iosize=0x1');
  });

  test('starts the kernel with the command line of the recipe stock, and without an init', async () => {
    const { call, hypervisor } = handmade();
    await call('-i', '1', '-e', '0xf5', '--accel', 'tcg');
    const stock = await loadRecipe({ nameOrFile: 'stock', settings: [], with: [], workingFolder: '/' });
    const append = stock.ok ? stock.value.recipe.machine.append : '';
    expect(callsOf(hypervisor)[0]).toContain(` -append ${append} rdinit=/dev/console -device`);
  });

  test('at one port has one time and one row, and boots again each time that it is called', async () => {
    const { call, hypervisor } = handmade();
    const words = ['-i', '2', '-e', '0xf5', '--accel', 'tcg'];
    const { stdout } = await call(...words);
    expect(stdout.match(TIMES)).toHaveLength(1);
    expect(stdout).not.toContain('2 boots\nreal');
    expect(stdout).toMatch(/^tQEMU /m);
    expect(stdout).not.toContain('0xf4');
    expect((await call(...words)).stdout.match(TIMES)).toHaveLength(1);
    expect(callsOf(hypervisor)).toHaveLength(1 + 2 + 2);
  });

  test('shows all ports in each boot where that is asked for', async () => {
    const { call, hypervisor } = handmade();
    const { status, stdout } = await call('-i', '3', '--accel', 'tcg', '--method', 'trace', '--pin', '0,0');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^all ports, 3 boots\nreal/m);
    expect(stdout.match(TIMES)).toHaveLength(1);
    expect(stdout).toMatch(/^0xf4: .* 3 +[\d.]+ /m);
    // One by the probe, and three.
    expect(callsOf(hypervisor)).toHaveLength(1 + 3);
  });

  test.each([
    ['--pin', 'x'],
    ['--pin', '1,2,3'],
    ['--realtime', '0'],
    ['--realtime', 'high'],
  ])('%s %s is wrong usage', async (option, value) => {
    const { call } = handmade();
    expect(await call(option, value)).toMatchObject({ status: 2, stderr: expect.stringContaining(option) as string });
  });

  test('hands on what it is told, and what comes after "--", to the hypervisor', async () => {
    const { call, hypervisor } = handmade();
    const own = ['-m', 'q35', '--memory', '64', '--cpus', '2', '--cpu', 'max', '--append', 'a -- b'];
    const { status } = await call(...own, '-i', '1', '-e', '0xf5', '--accel', 'tcg', '--', '-device', 'x,y=1');
    expect(status).toBe(0);
    const [first = ''] = callsOf(hypervisor);
    expect(first).toContain('-machine q35 -accel tcg -cpu max -m 64 -smp 2 ');
    expect(first).toContain('-append a -- b ');
    expect(first.endsWith(' -device x,y=1')).toBe(true);
  });

  test('starts NEMU as NEMU is started', async () => {
    const { call, hypervisor } = handmade(NEMU_HELP);
    const { status, stdout } = await call('-i', '1', '--accel', 'tcg');
    expect(status).toBe(0);
    expect(stdout).toContain('offers sysbus-debugexit: taking that on the machine "virt"');
    const calls = callsOf(hypervisor);
    expect(calls.every((call) => call.includes('-machine virt '))).toBe(true);
    expect(calls[0]).toContain('-device sysbus-debugexit,iobase=0xf5,iosize=0x1');
  });

  test('finds files below the home folder, where no shell has put its path', async () => {
    const { base, hypervisor } = handmade();
    const files = [
      '--firmware=~/bios.bin',
      '--kernel=~/bzImage',
      `--binary=~/vm/${hypervisor.split('/').at(-1) ?? ''}`,
    ];
    const words = ['measure', ...files, '-i', '1', '-e', '0xf5', '--accel', 'tcg', '--warmup', '0', '--workspace', 'w'];
    const { status } = await bootlap(words, { folder: folder(), environment: { HOME: base } });
    expect(status).toBe(0);
  });

  test('prints events alone with --json, with what was picked among them', async () => {
    const { call } = handmade();
    const { stdout } = await call('-i', '1', '-e', '0xf5', '--accel', 'tcg', '--json');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; text?: string; folder?: string });
    expect(events[0]).toMatchObject({ event: 'run', recipe: 'measure' });
    expect(events[1]).toMatchObject({ event: 'notice', text: expect.stringContaining('isa-debug-exit') as string });
    expect(events.at(-1)).toMatchObject({ event: 'end', failures: [] });
    const run = events.find(({ event }) => event === 'run')?.folder ?? '';
    expect(readFileSync(join(run, 'events.ndjson'), 'utf8')).toContain('offers isa-debug-exit');
    expect(existsSync(join(run, 'summary.json'))).toBe(true);
  });

  test('of a real guest in the real QEMU gives its points', async () => {
    const base = folder();
    const program = [{ write: [0xf5, 1] }, { write: [0xf4, 3] }, { write: [0xf6, 2] }] as const;
    const files = ['-b', 'qemu-system-x86_64', '-f', buildGuest(join(base, 'guest'), program), '-k', fakeBzImage(base)];
    const words = ['measure', ...files, '-i', '2', '--warmup', '0', '--accel', 'tcg', '--workspace', 'w'];
    const { status, stdout, stderr } = await bootlap([...words, '--', '-name', 'by hand'], { folder: base });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.match(TIMES)).toHaveLength(3);
    expect(stdout).toContain('pc under TCG, 1 processor, 512 MiB');
  });
});

describe('what cannot be measured is told, with what to do about it', () => {
  test.each([
    [['-i', '0'], '--iterations 0 is not a whole number from 1 to 1000000', '--iterations 1000'],
    [['--cpus', '2000'], '--cpus 2000 is not a whole number from 1 to 1024', '--cpus 1'],
    [['--timeout', '60'], '--timeout 60 is not a duration with its unit', '--timeout 60s'],
    [['--exit', '0x80'], '--exit 0x80 needs the value', '--exit 0xf7:7'],
    [['--accel', 'xen'], 'auto, kvm, tcg', 'bootlap measure --help'],
    [['bios.bin'], '"bios.bin" is no option', 'after "--"'],
    [['-f', 'gone.bin'], 'gone.bin cannot be the firmware: it is not there', 'check the path'],
    [['-k', 'bios.bin'], 'neither a bzImage nor an ELF file', 'arch/x86/boot/bzImage'],
    [['-b', 'bios.bin'], 'it is not executable', 'chmod +x'],
  ])('%j', async (words, complaint, advice) => {
    const { call, base } = handmade();
    const { status, stdout, stderr } = await call(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(complaint);
    expect(stderr.slice(stderr.indexOf('next:')).replaceAll(/\s+/g, ' ')).toContain(advice);
    expect(existsSync(join(base, 'w'))).toBe(false);
  });

  test('a file that is not named at all', async () => {
    const { status, stderr } = await bootlap(['measure', '-f', 'x', '-k', 'y'], { folder: folder() });
    expect(status).toBe(2);
    expect(stderr).toContain('--binary');
  });

  test('a program that is no emulator makes this machine not fit', async () => {
    const { status, stderr } = await handmade().call('--binary', '/bin/false');
    expect(status).toBe(3);
    expect(stderr).toContain('/bin/false cannot be used as the hypervisor');
    expect(stderr).toContain('next: --binary');
  });

  test('a point that comes with another value is explained in the words of this command, and there are no figures', async () => {
    const base = folder();
    const guest = buildGuest(join(base, 'guest'), [{ write: [0xf5, 1] }, { write: [0xf4, 4] }]);
    const files = ['-b', 'qemu-system-x86_64', '-f', guest, '-k', fakeBzImage(base)];
    const words = [
      'measure',
      ...files,
      '-i',
      '1',
      '-e',
      '0xf4',
      '--accel',
      'tcg',
      '--timeout',
      '3s',
      '--workspace',
      'w',
    ];
    const { status, stdout, stderr } = await bootlap(words, { folder: base });
    expect(status).toBe(5);
    expect(stderr).toContain('the guest wrote 4 to port 0xf4');
    expect(stderr).toContain('"--exit 0xf4:4" takes that write');
    expect(stdout).not.toContain('real\t');
    const right = words.map((word) => (word === '0xf4' ? '0xf4:4' : word));
    expect((await bootlap(right, { folder: base })).status).toBe(0);
  });

  test('a NEMU whose KVM does not serve cannot be measured here, which has a status of its own', async () => {
    const refusal = 'echo "Could not access KVM kernel module: No such file or directory" >&2; exit 1';
    const { call } = handmade(NEMU_HELP, refusal);
    const { status, stdout, stderr } = await call('-i', '1', '--timeout', '2s');
    expect(status).toBe(6);
    expect(stdout).toContain('it needs KVM');
    expect(stderr).toContain('the machine "virt" runs on KVM only');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('"--binary qemu-system-x86_64 --accel tcg" measures the same');
    expect(stderr).not.toContain('is built');
  });

  test('boots that fail in the middle are told with --timeout, and not with the key of a recipe', async () => {
    const { call } = handmade(QEMU_HELP, '[ "$boot" -gt 1 ] || exit 3; exit 77');
    const { status, stderr } = await call('-i', '2', '--accel', 'tcg', '-e', '0xf5');
    expect(status).toBe(5);
    expect(stderr).toContain('"--timeout 60s"');
    expect(stderr).not.toContain('--set');
  });
});

describe('a recipe of finished files', () => {
  function recipeFolder(): { base: string; call: Call; ends: (stdout: string) => Record<string, string> } {
    const base = folder();
    offeringHypervisor(join(base, 'vm'), QEMU_HELP);
    fakeFirmware(base);
    fakeBzImage(base);
    const recipe = `extends: stock
hypervisor: { source: { file: vm/qemu-system-x86_64_virt } }
firmware: { source: { file: ./bios.bin } }
kernel: { source: { file: ./bzImage } }
machine: { type: pc, accel: tcg }
measure: { method: exit, boots: 1, warmup: 0 }
`;
    writeFileSync(join(base, 'mine.yaml'), recipe);
    const call: Call = (...words) => bootlap([...words, '--workspace', 'w'], { folder: base });
    const ends = (stdout: string): Record<string, string> =>
      Object.fromEntries(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { event: string; step: string; status: string })
          .flatMap(({ event, step, status }) => (event === 'step' ? [[step, status]] : [])),
      );
    return { base, call, ends };
  }

  test('builds nothing, has nothing to do the second time, and measures anew when a file has changed', async () => {
    const { base, call, ends } = recipeFolder();
    const first = ends((await call('run', './mine.yaml', '--json')).stdout);
    expect(
      Object.keys(first)
        .filter((step) => /^(pin|patch|configure|make):/.test(step))
        .sort(),
    ).toEqual(['make:init', 'make:stopwatch']);
    expect(first).toMatchObject({ measure: 'ran', report: 'ran' });
    expect(Object.values(ends((await call('run', './mine.yaml', '--json')).stdout))).not.toContain('ran');
    appendFileSync(join(base, 'bzImage'), 'more');
    const why = await call('why', 'measure', './mine.yaml');
    expect(why.stdout).toContain('fetch:kernel');
    expect(ends((await call('run', './mine.yaml', '--json')).stdout)).toMatchObject({
      'fetch:hypervisor': 'fresh',
      'fetch:firmware': 'fresh',
      'fetch:kernel': 'ran',
      measure: 'ran',
    });
  });

  test('a file that is built anew while it is measured makes the samples worthless, and the boots are done again', async () => {
    const { base, call } = recipeFolder();
    const hook = join(base, 'hook');
    offeringHypervisor(
      join(base, 'vm'),
      QEMU_HELP,
      `if [ "$boot" = 5 ] && [ ! -e ${hook} ]; then touch ${hook}; echo more >> ${base}/bzImage; fi
${SOUND_FAKE}`,
    );
    const { stdout, status } = await call('run', './mine.yaml');
    expect(status).toBe(0);
    expect(stdout).toContain('an input of measure was changed while it ran');
    expect(readFileSync(join(base, 'w/runs/latest/samples.ndjson'), 'utf8').trim().split('\n')).toHaveLength(4);
  });

  test('a finished kernel takes the place of a built one with one setting', async () => {
    const { base, call } = recipeFolder();
    mkdirSync(join(base, 'k'));
    const { stdout } = await call('graph', 'stock', '--set', 'kernel.source.file=./bzImage');
    expect(stdout).toContain('make:firmware');
    expect(stdout).not.toContain('make:kernel');
    expect(stdout).not.toContain('patch:kernel');
  });
});
