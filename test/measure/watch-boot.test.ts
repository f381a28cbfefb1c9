import { expect, test } from 'vitest';
import { watchedPorts } from '../../src/measure/watch-boot.js';

const POINT = { name: 'a', port: 0xf4, value: 1 };

test("the neighbours and all points' ports are watched, the processor's own port is not", () => {
  expect(watchedPorts([POINT, { name: 'b', port: 0x700, value: 1 }], POINT)).toEqual([
    0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0x700,
  ]);
});

test('no watcher takes the serial port from the guest, or its console would be lost', () => {
  const beside = { name: 'a', port: 0x3f6, value: 1 };
  expect(watchedPorts([beside], beside)).toEqual([0x3f3, 0x3f4, 0x3f5, 0x3f6, 0x3f7]);
});

test('ports end at 0xffff', () => {
  const last = { name: 'a', port: 0xffff, value: 1 };
  expect(watchedPorts([last], last)).toEqual([0xfffc, 0xfffd, 0xfffe, 0xffff]);
});
