import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeStep } from '../../src/steps/probe.js';
import { failureLines } from '../../src/ui/failure-lines.js';
import { plainPaint } from '../../src/ui/paint.js';
import { buildGuest, buildKernel, type GuestStep } from '../rig/vm-guest.js';
import { guestRecipe, vmBench, type VmBench } from '../rig/vm-step.js';

const POINTS = [
  { name: 'firmware', port: 0xf5, value: 1 },
  { name: 'kernel', port: 0xf4, value: 3 },
  { name: 'user-space', port: 0xf6, value: 2 },
  { name: 'init', port: 0xf7, value: 1 },
];
const WRITES = POINTS.map(({ port, value }): GuestStep => ({ write: [port, value] }));
const TO_USER_SPACE = WRITES.slice(0, 3);
const VERSION: GuestStep = { say: '[    0.0] Linux version 6.1.0\n' };
const RUN_INIT: GuestStep = { say: '[    0.1] Run /init as init process\n' };

let bench: VmBench;
let guests = 0;

beforeAll(async () => {
  bench = await vmBench();
  bench.outputs.set('fetch:hypervisor/source', bench.made('hypervisor'));
  bench.outputs.set('make:kernel/image', buildKernel(bench.made('kernel')));
});
afterAll(() => bench.remove());

/** What the user is told of a guest: the point that did not come, what was found, and all of it in words. */
async function told(program: readonly GuestStep[]): Promise<{ point: string; diagnosis: unknown; words: string }> {
  bench.outputs.set('make:firmware/image', buildGuest(join(bench.folder, `guest-${guests++}`), program));
  const result = await bench.run(probeStep({ recipe: guestRecipe({ points: POINTS }) }));
  if (result.ok || result.failure.reason !== 'probe-failed') {
    throw new Error(JSON.stringify(result));
  }
  const { point, diagnosis } = result.failure;
  const words = failureLines({ failure: result.failure }, { paint: plainPaint, columns: () => 400 }).join('\n');
  return { point, diagnosis, words };
}

test('a guest whose first program writes is verified at its point as at the others', async () => {
  bench.outputs.set('make:firmware/image', buildGuest(join(bench.folder, 'sound'), WRITES));
  expect(await bench.run(probeStep({ recipe: guestRecipe({ points: POINTS }) }))).toMatchObject({ ok: true });
});

test('a kernel without ioperm and iopl is told so, with the name of its option', async () => {
  const line = 'bootlap init: no ioperm and no iopl in this kernel: port 0xf7 cannot be reached\n';
  const { point, diagnosis, words } = await told([...TO_USER_SPACE, VERSION, RUN_INIT, { say: line }, 'reboot']);
  expect([point, diagnosis]).toEqual(['init', { kind: 'init-failed', trouble: { kind: 'no-port-access' } }]);
  expect(words).toContain('the kernel has CONFIG_X86_IOPL_IOPERM off');
});

test.each([
  [
    'refuses its first program the port',
    'bootlap init: ioperm and iopl are refused: port 0xf7',
    { kind: 'port-refused' },
  ],
  ['cannot execute it', 'Failed to execute /init (error -8)', { kind: 'not-executed', error: -8 }],
  ['has none', 'Kernel panic - not syncing: No working init found.  Try passing init=', { kind: 'not-found' }],
])('a kernel that %s is told so', async (_, line, trouble) => {
  const { point, diagnosis } = await told([...TO_USER_SPACE, VERSION, { say: `${line}\n` }, 'reboot']);
  expect([point, diagnosis]).toEqual(['init', { kind: 'init-failed', trouble }]);
});

test('a kernel that panics on its way to user space is told its panic, and not that it is not instrumented', async () => {
  const panic = { say: 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n' };
  const { point, diagnosis, words } = await told([...WRITES.slice(0, 2), VERSION, panic, 'reboot']);
  expect([point, diagnosis]).toMatchObject(['user-space', { kind: 'panic' }]);
  expect(words).toContain('CONFIG_BLK_DEV_INITRD=y');
});

test('a kernel that gets to user space without its own write is not instrumented, also where its first program writes', async () => {
  const program = [...WRITES.slice(0, 2), VERSION, RUN_INIT, ...WRITES.slice(3)];
  expect(await told(program)).toMatchObject({ point: 'user-space', diagnosis: { kind: 'not-instrumented' } });
});
