import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import type { RunEvent, StepEnd } from '../../src/core/event.js';
import type { Failure } from '../../src/core/failure.js';
import type { MeasurementRecord } from '../../src/measure/measurement-record.js';
import type { Summary } from '../../src/report/summary.js';
import { GIST_CONFIG } from '../rig/nemu-sources.js';
import { makeNemuWorld, type NemuWorld, type RecipeChanges } from '../rig/nemu-world.js';

// The recipe "nemu" as it ships, in a world whose four sources are of our own making and bite as the real ones do: see
// test/rig/nemu. A user's recipe over it says which bytes are the right ones there and which mirrors have them. The
// tests follow from each other, as the runs of a user do.

const POINTS = ['firmware', 'kernel', 'user-space'];
const MEASURING = ['probe', 'measure', 'report'];
/** The emulator of this world interprets guests where it is asked to: KVM need not be had to measure. */
const WITHOUT_KVM = ['--set', 'machine.accel=tcg'];

let world: NemuWorld;
/** The recipe that is run first. Its workspace is beside it, and that of others in its folder. */
let mine: string;

beforeAll(async () => {
  world = await makeNemuWorld();
  world.publishGist(GIST_CONFIG);
  mine = world.recipe('here/mine.yaml');
});

afterAll(() => world.close());

describe('from nothing to figures', () => {
  let first: Run;

  beforeAll(async () => {
    first = await succeed(mine, WITHOUT_KVM);
  });

  test('in an empty workspace every step runs, and every boot ends at its point', () => {
    expect(new Set(first.steps.map(({ status }) => status))).toEqual(new Set(['ran']));
    const boots = samples(mine);
    expect(boots).toHaveLength(POINTS.length * (3 + 1));
    expect(new Set(boots.map(({ point, outcome, status }) => `${point} ${outcome} ${status}`))).toEqual(
      new Set(['firmware reached 3', 'kernel reached 7', 'user-space reached 5']),
    );
  });

  test('no boot is quicker than the guest really is, and the phases lie between the points', () => {
    const { points, phases } = summary(mine);
    const quickest = points.map(({ statistics }) => (statistics?.min ?? NaN) / 1e6);
    // test/rig/nemu/hypervisor/guest.c
    [12, 18, 45].forEach((milliseconds, index) => expect(quickest[index]).toBeGreaterThan(milliseconds));
    expect(phases.map(({ name }) => name)).toEqual(['tQEMU', 'tFW', 'tKernel']);
  });

  test('it says at which line each patch went in', () => {
    expect(notices(first)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/host-bridge-of-NEMU-virt\.patch: include\/pci\.h.* 13\b.*-54/),
        expect.stringMatching(/exit-the-VM-before-user-space\.patch: init\/main\.c.* 33\b.*-1037/),
      ]),
    );
  });

  test('of the submodules the needed one alone comes along, from where it lives today', () => {
    const source = join(kept(mine, 'hypervisor'), 'source');
    expect(readFileSync(join(source, 'ui/keycodemapdb/README'), 'utf8')).toBe('keys\n');
    const submodules = readFileSync(join(source, '.gitmodules'), 'utf8').match(/path = .*/g) ?? [];
    expect(submodules).toHaveLength(5);
    expect(readdirSync(join(source, 'dtc'))).toEqual([]);
    expect(readdirSync(join(source, 'roms/seabios'))).toEqual([]);
  });

  test('the gist is followed to where it leads, and what it leaves open gets its default', () => {
    expect(world.asked().some((path) => path.endsWith('/config-4.18'))).toBe(true);
    const config = readFileSync(output(mine, 'configure-kernel/.config'), 'utf8');
    expect(config).toContain('CONFIG_NR_CPUS=8');
    expect(config).toContain('CONFIG_PAGE_TABLE_ISOLATION=y');
    expect(config).not.toContain('GONE_SINCE');
  });

  test('its digest is held in bootlap.lock beside the recipe', () => {
    expect(lock(mine)['kernel-config']).toMatchObject({ sha256: digestBytes(GIST_CONFIG) });
  });

  test('a second run has nothing to do and shows the same figures', async () => {
    const before = summary(mine);
    const second = await succeed(mine, WITHOUT_KVM);
    expect(new Set(second.steps.map(({ status }) => status))).toEqual(new Set(['fresh']));
    expect(summary(mine)).toEqual(before);
  });

  test('an address that does not answer costs seconds before its mirror is asked', () => {
    // The kernel's own address and the gist's come first, and there is no name server here.
    expect(end(first, 'fetch:kernel').seconds).toBeLessThan(15);
    expect(first.steps.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThan(60);
  });
});

describe('one thing changed', () => {
  test('a patch of my own for qboot rebuilds the firmware alone', async () => {
    const changed = beside('patched', { firmware: { patches: [HOST_BRIDGE, './mine.patch'] } });
    writeFileSync(join(dirname(mine), 'mine.patch'), ownPatch('firmware', 'hwsetup.c'));
    const run = await succeed(changed, WITHOUT_KVM);
    expect(ran(run)).toEqual(['patch:firmware', 'make:firmware', ...MEASURING]);
    tellSeconds('a changed qboot patch', run);
  });

  test('a fragment over the configuration rebuilds the kernel alone', async () => {
    const changed = beside('configured', { fragments: ['./mine.config'] });
    writeFileSync(join(dirname(mine), 'mine.config'), 'CONFIG_PRINTK_TIME=y\n');
    const run = await succeed(changed, WITHOUT_KVM);
    expect(ran(run)).toEqual(['configure:kernel', 'make:kernel', ...MEASURING]);
    expect(readFileSync(output(changed, 'configure-kernel/.config'), 'utf8')).toContain('CONFIG_PRINTK_TIME=y');
    tellSeconds('a changed kernel configuration', run);
  });

  test('without both the first figures are back, and nothing is built or booted', async () => {
    expect(ran(await succeed(mine, WITHOUT_KVM))).toEqual([]);
  });
});

describe('the gist', () => {
  test('with other bytes at its address a new workspace refuses them', async () => {
    world.publishGist(`${GIST_CONFIG}CONFIG_PAGE_TABLE_ISOLATION=y\n`);
    const run = await call(mine, WITHOUT_KVM, 'elsewhere');
    expect(run.status, run.stderr).toBe(4);
    expect(failure(run)).toMatchObject({ reason: 'digest-mismatch', expected: digestBytes(GIST_CONFIG) });
    expect(run.stderr).toContain('bootlap.lock');
    expect(run.stderr).toContain('--update');
  });

  test('--update takes them, holds them, and says so', async () => {
    const before = lock(mine)['kernel-config'];
    const run = await succeed(mine, [...WITHOUT_KVM, '--update']);
    expect(lock(mine)['kernel-config']).not.toEqual(before);
    expect(notices(run).join('\n')).toMatch(/kernel-config: .* moved from [0-9a-f]{12} to [0-9a-f]{12}/);
    expect(notices(run).join('\n')).toMatch(/hypervisor: topic\/virt-x86 is still at/);
    // The symbol has the value that Kconfig had given it: the same kernel, the same figures, and a report that says whence.
    expect(ran(run).filter((step) => !step.startsWith('pin:'))).toEqual([
      'fetch:kernel-config',
      'configure:kernel',
      'report',
    ]);
  });

  test('without it the message names the way out, and that way goes through', async () => {
    world.removeGist();
    const alone = world.recipe('alone/alone.yaml');
    const without = await call(alone, WITHOUT_KVM);
    expect(without.status, without.stderr).toBe(4);
    expect(failure(without)).toMatchObject({ reason: 'config-unavailable' });
    expect(without.stderr).toContain('--set kernel.config=builtin');

    const run = await succeed(alone, [...WITHOUT_KVM, '--set', 'kernel.config=builtin']);
    expect(ran(run)).toEqual(expect.arrayContaining(['configure:kernel', ...MEASURING]));
    expect(readFileSync(output(alone, 'configure-kernel/.config'), 'utf8')).toContain('CONFIG_VIRTIO_CONSOLE=y');
    world.publishGist(GIST_CONFIG);
  });
});

describe('a branch that has moved', () => {
  test('is followed by --update alone, which says from where to where and rebuilds what it concerns', async () => {
    const fresh = world.recipe('follow/follow.yaml');
    const { commit } = world.firmware.tip;
    await succeed(fresh, WITHOUT_KVM);
    const moved = world.firmware.move();
    expect(ran(await succeed(fresh, WITHOUT_KVM))).toEqual([]);

    const run = await succeed(fresh, [...WITHOUT_KVM, '--update']);
    expect(notices(run)).toContainEqual(
      expect.stringContaining(
        `topic/virt-benchmarks moved from ${commit.slice(0, 12)} to ${moved.commit.slice(0, 12)}`,
      ),
    );
    expect(lock(fresh)['firmware']).toMatchObject({ commit: moved.commit });
    expect(ran(run).filter((step) => !step.startsWith('pin:'))).toEqual([
      'fetch:firmware',
      'patch:firmware',
      'make:firmware',
      ...MEASURING,
    ]);
    expect(ran(await succeed(fresh, WITHOUT_KVM))).toEqual([]);
  });
});

describe('what the host does not have', () => {
  test('without a KVM that serves everything is built, one sentence says why, and the status is 6', async () => {
    const recipe = beside('no-kvm', { hypervisor: world.hypervisor.on({ HOST_HAS_KVM: 0 }) });
    const run = await call(recipe, []);
    expect(run.status, run.stderr).toBe(6);
    const built = run.steps.filter(({ step, status }) => step.startsWith('make:') && status !== 'failed');
    expect(built.map(({ step }) => step).sort()).toEqual([
      'make:firmware',
      'make:hypervisor',
      'make:kernel',
      'make:stopwatch',
    ]);
    expect(failure(run)).toMatchObject({ reason: 'kvm-required', instead: { kind: 'recipe', recipe: 'nemu-tcg' } });
    expect(run.stderr).toMatch(/everything is built, but .* KVM only/);
    expect(run.stderr).toContain('"bootlap run nemu-tcg"');
  });

  test('a CPU model that the host refuses gives way to the next, said and recorded', async () => {
    const host = { HOST_TAKES_MSR: 0, HOST_INTERPRETS: 1 } as const;
    const recipe = beside('no-msr', { hypervisor: world.hypervisor.on(host) });
    const run = await succeed(recipe, WITHOUT_KVM);
    expect(notices(run)).toContainEqual(expect.stringMatching(/MSR 0x10a.*"host".*qemu64,arch-capabilities=off/));
    expect(summary(recipe).machine.cpu).toBe('qemu64,arch-capabilities=off');
    expect(measurement(recipe).probe).toMatchObject({ cpu: 'qemu64,arch-capabilities=off' });
  });
});

describe('the loop of the wiki page alone', () => {
  test('takes what was built by hand with the flags of its script, and finds machine and exit device by itself', async () => {
    const built = `~/here/workspace/out/mine`;
    const files = [
      `--firmware=${built}/make-firmware/bios.bin`,
      `--binary=${built}/make-hypervisor/qemu-system-x86_64_virt`,
      `--kernel=${built}/make-kernel/bzImage`,
    ];
    const flags = ['--iterations=3', '--exit=0xf5', ...files, '--accel=tcg'];
    const place = join(world.folder, 'loop');
    const called = await world.call(mine, ['measure', ...flags, '--workspace', place, '--', '-name', 'by-hand']);
    expect(called.status, called.stderr).toBe(0);
    expect(called.stdout).toMatch(/sysbus-debugexit.* machine "virt"/);
    expect(called.stdout).toMatch(/^real\t0m0\.\d{3}s\nuser\t0m0\.\d{3}s\nsys\t0m0\.\d{3}s$/m);
    expect(called.stdout).toMatch(/^0xf5: firmware +3 +[\d.]+ ms/m);
  });
});

describe('the traps of the wiki page, for who takes a guard away', () => {
  const SHORT = { measure: { timeout: '1s' } };

  test.runIf(isPie())('without cc-options qboot does not link, and the option that cures it is named', async () => {
    const run = await call(beside('pie', { firmware: { build: { 'cc-options': [] } } }), WITHOUT_KVM);
    expect(run.status, run.stderr).toBe(1);
    expect(failure(run)).toMatchObject({ reason: 'command-failed', remedy: { kind: 'position-independent' } });
    expect(run.stderr).toContain('_GLOBAL_OFFSET_TABLE_');
    expect(run.stderr).toContain('-fno-pie');
  });

  test('without the patch for the host bridge the firmware starts and hangs', async () => {
    const run = await call(beside('bridge', { firmware: { patches: [] }, ...SHORT }), WITHOUT_KVM);
    expect(run.status, run.stderr).toBe(5);
    expect(failure(run)).toMatchObject({ point: 'kernel', diagnosis: { kind: 'hang', seconds: 1 } });
  });

  test('without -DBENCHMARK_HACK the firmware is called uninstrumented', async () => {
    const build = { variables: { CFLAGS: '-O2 -g' } };
    const run = await call(beside('plain', { firmware: { build }, ...SHORT }), WITHOUT_KVM);
    expect(run.status, run.stderr).toBe(5);
    expect(failure(run)).toMatchObject({ point: 'firmware', diagnosis: { kind: 'not-instrumented' } });
  });

  test('with the exit device as wide as its default the write that it catches too soon is named', async () => {
    const run = await call(mine, [...WITHOUT_KVM, '--set', 'machine.exit-iosize=2']);
    expect(run.status, run.stderr).toBe(5);
    expect(failure(run)).toMatchObject({ point: 'kernel', diagnosis: { kind: 'iosize-overlap', caughtPort: 0xf5 } });
  });
});

const HOST_BRIDGE = { shipped: 'qboot/0001-pci-know-the-host-bridge-of-NEMU-virt.patch' };

/** Tells whether the compiler makes position-independent programs when it is not told otherwise. */
function isPie(): boolean {
  return execFileSync('cc', ['-dM', '-E', '-x', 'c', '/dev/null'], { encoding: 'utf8' }).includes('__PIE__');
}

/** What a call came to. */
interface Run {
  readonly status: number | null;
  readonly stderr: string;
  readonly events: readonly RunEvent[];
  /** The steps' ends, in the order in which they came; skipped ones are left out. */
  readonly steps: readonly StepEnd[];
}

async function call(recipe: string, words: readonly string[], workspace = 'workspace'): Promise<Run> {
  const place = join(dirname(recipe), workspace);
  const { status, stdout, stderr } = await world.call(recipe, [
    'run',
    recipe,
    ...words,
    '--json',
    '--workspace',
    place,
  ]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line) as RunEvent);
  const ends = events.filter((event): event is StepEnd => event.event === 'step');
  return { status, stderr, events, steps: ends.filter((step) => step.status !== 'skipped') };
}

async function succeed(recipe: string, words: readonly string[]): Promise<Run> {
  const run = await call(recipe, words);
  expect(run.status, run.stderr).toBe(0);
  return run;
}

function ran({ steps }: Run): string[] {
  return steps.filter(({ status }) => status === 'ran').map(({ step }) => step);
}

function end(run: Run, name: string): StepEnd {
  const found = run.steps.find(({ step }) => step === name);
  if (found === undefined) {
    throw new Error(`${name} did not end`);
  }
  return found;
}

function notices({ events }: Run): string[] {
  return events.flatMap((event) => (event.event === 'notice' ? [event.text] : []));
}

function failure({ events }: Run): Failure | undefined {
  const last = events.at(-1);
  return last?.event === 'end' ? last.failures[0]?.failure : undefined;
}

function tellSeconds(what: string, run: Run): void {
  const parts = run.steps
    .filter(({ status }) => status === 'ran')
    .map(({ step, seconds }) => `${step} ${seconds.toFixed(2)}`);
  console.log(`${what}: ${parts.join(', ')} s`);
}

/** A recipe in the folder of the first one, and so with its workspace: what it does not change is there already. */
function beside(name: string, changes: RecipeChanges): string {
  return world.recipe(`here/${name}.yaml`, changes);
}

function output(recipe: string, path: string): string {
  return join(dirname(recipe), 'workspace/out', basename(recipe, '.yaml'), path);
}

/** The folder of a component's kept tree. */
function kept(recipe: string, component: string): string {
  const trees = join(dirname(recipe), 'workspace/trees');
  const [name = ''] = readdirSync(trees).filter((each) => each.startsWith(`${component}-`));
  return join(trees, name);
}

/** A patch that fits the firmware: it is made from the very file that it changes. */
function ownPatch(component: string, file: string): string {
  const before = readFileSync(join(kept(mine, component), 'source', file), 'utf8');
  return createTwoFilesPatch(`a/${file}`, `b/${file}`, before, `${before}\nconst char mine[] = "a patch of my own";\n`);
}

interface Boot {
  readonly point: string;
  readonly outcome: string;
  readonly status: number;
}

function samples(recipe: string): Boot[] {
  const lines = latest(recipe, 'samples.ndjson').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Boot);
}

function summary(recipe: string): Summary {
  return JSON.parse(latest(recipe, 'summary.json')) as Summary;
}

function measurement(recipe: string): MeasurementRecord {
  return JSON.parse(readFileSync(output(recipe, 'measure/measurement.json'), 'utf8')) as MeasurementRecord;
}

function latest(recipe: string, file: string): string {
  return readFileSync(join(dirname(recipe), 'workspace/runs/latest', file), 'utf8');
}

/** What the lock beside a recipe holds of it. */
function lock(recipe: string): Record<string, unknown> {
  const text = readFileSync(join(dirname(recipe), 'bootlap.lock'), 'utf8');
  const { recipes } = JSON.parse(text) as { recipes: Record<string, Record<string, unknown>> };
  return recipes[basename(recipe, '.yaml')] ?? {};
}
