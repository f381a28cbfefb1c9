import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boot, type BootEnd } from '../../src/measure/boot.js';
import { packageFolder } from '../../src/system/environment.js';
import { compileProgram } from '../../src/system/native-program.js';
import { vmBench, type VmBench } from '../rig/vm-step.js';

// A VM that waits for so long and tells when that really was. `npm run validate` takes medians on a quiet machine; here
// other tests have the processors, so that only the least disturbed of some boots tells what the stopwatch adds.
const ROUNDS = 20;

let bench: VmBench;
let program: string;

beforeAll(async () => {
  bench = await vmBench();
  program = join(bench.folder, 'fake-vm');
  const folder = join(packageFolder, 'scripts', 'validate');
  const { signal } = bench.abort;
  const made = await compileProgram({ folder, sources: ['fake-vm.c'], output: program, signal, neededBy: 'a test' });
  expect(made.ok).toBe(true);
});

afterAll(() => bench.remove());

interface Told extends BootEnd {
  /** CLOCK_MONOTONIC of the VM when each of its waits was over. */
  readonly truth: readonly bigint[];
}

async function timed(mode: 'exit' | 'trace', ...milliseconds: readonly number[]): Promise<Told> {
  const end = await boot({
    stopwatch: bench.path('make:stopwatch', 'stopwatch'),
    hypervisor: program,
    arguments: [mode, ...milliseconds.map((ms) => String(ms * 1e6))],
    timeoutMilliseconds: 10_000,
    folder: bench.folder,
    signal: bench.abort.signal,
    ...(mode === 'trace' ? { markers: { count: milliseconds.length, endAt: { marker: 1, byte: 1 } } } : {}),
  });
  const value = end.ok ? end.value : expect.fail(JSON.stringify(end.failure));
  return { ...value, truth: value.errors.trim().split('\n').map(BigInt) };
}

test('a boot that ends at a point is as long as the VM really took, within half a millisecond', async () => {
  const added: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { startNs, endNs, elapsedNs, truth } = await timed('exit', 3);
    expect(endNs - startNs).toBe(elapsedNs);
    added.push(Number(endNs - (truth[0] ?? 0n)));
    expect(elapsedNs).toBeGreaterThanOrEqual(3_000_000n);
  }
  expect(Math.min(...added)).toBeGreaterThan(0);
  expect(Math.min(...added)).toBeLessThan(0.5e6);
});

test('a traced boot stamps each point when the VM came to it, within a fifth of a millisecond', async () => {
  const added: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { startNs, markers, truth } = await timed('trace', 2, 5);
    added.forEach((list, point) => list.push(Number(startNs + (markers[point]?.ns ?? 0n) - (truth[point] ?? 0n))));
  }
  for (const list of added) {
    expect(Math.min(...list)).toBeGreaterThan(0);
    expect(Math.min(...list)).toBeLessThan(0.2e6);
  }
});
