import { expect, test } from 'vitest';
import { parseExits, phasesOf, pointsOf } from '../../../src/commands/measure/exits.js';
import type { KernelFormat } from '../../../src/system/kernel-image.js';

function points(texts: readonly string[], kernel: KernelFormat = 'bzImage'): [number, number][] {
  const exits = parseExits(texts);
  if (!exits.ok) {
    throw new Error(exits.failure.message);
  }
  return pointsOf(exits.value, kernel).map(({ port, value }) => [port, value]);
}

function phases(texts: readonly string[]): string[] {
  const exits = parseExits(texts);
  return exits.ok ? phasesOf(pointsOf(exits.value, 'bzImage')).map(({ name }) => name) : [];
}

test('without --exit all three points come, so that tQEMU, tFW and tKernel can be told', () => {
  expect(points([])).toEqual([
    [0xf5, 1],
    [0xf4, 3],
    [0xf6, 2],
  ]);
  expect(phases([])).toEqual(['tQEMU', 'tFW', 'tKernel']);
});

test.each([
  ['bzImage', 3],
  ['pvh', 4],
  ['elf', 2],
] as const)('what is expected at 0xf4 follows from a kernel that is a %s', (kernel, value) => {
  expect(points(['0xf4'], kernel)).toEqual([[0xf4, value]]);
  expect(points(['0xf4:9'], kernel)).toEqual([[0xf4, 9]]);
});

test('points come in the order of a boot, others after them as they are given', () => {
  expect(points(['0x81:1', '0xf6', '0x80:2', '245']).map(([port]) => port)).toEqual([0xf5, 0xf6, 0x81, 0x80]);
});

test('a phase is called by its name only where both its ends are the usual ones', () => {
  expect(phases(['0xf5'])).toEqual(['tQEMU']);
  expect(phases(['0xf4'])).toEqual(['to 0xf4']);
  expect(phases(['0xf5', '0xf6'])).toEqual(['tQEMU', 'to 0xf6']);
  expect(phases(['0xf4', '0xf6', '0x80:1'])).toEqual(['to 0xf4', 'tKernel', 'to 0x80']);
});

test.each([
  ['0x80', 'needs the value that the guest writes there'],
  ['f5', 'is not PORT or PORT:VALUE'],
  ['0xf5:', 'is not PORT or PORT:VALUE'],
  ['0x10000', 'beyond the last port'],
  ['0xf5:128', 'beyond 127'],
])('--exit %s is refused, and why is said', (text, complaint) => {
  const parsed = parseExits([text]);
  expect(parsed).toMatchObject({ ok: false, failure: { reason: 'usage' } });
  expect(parsed.ok ? '' : parsed.failure.message).toContain(complaint);
});

test('a port that is given twice, however it is written, is a mistake', () => {
  expect(parseExits(['0xf5', '245'])).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining('--exit 245') as string },
  });
});
