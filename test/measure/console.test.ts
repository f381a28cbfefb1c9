import { expect, test } from 'vitest';
import { complaints, kernelRan, lastLines, panicMessage, reachedUserSpace } from '../../src/measure/console.js';

test('the last lines are those that a person would read, without carriage returns', () => {
  expect(lastLines('a\r\n\r\nb\r\nc\r\n', 3)).toEqual(['', 'b', 'c']);
  expect(lastLines('')).toEqual([]);
});

test('a kernel that panics tells why', () => {
  const console =
    '[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n[ 1.3] CPU: 0';
  expect(panicMessage(console)).toBe('VFS: Unable to mount root fs on unknown-block(0,0)');
  expect(panicMessage('[    0.0] Linux version 6.1.0')).toBeUndefined();
});

test('how far a kernel got is seen on its console', () => {
  expect(kernelRan('[    0.000000] Linux version 6.1.0 (a@b)')).toBe(true);
  expect(reachedUserSpace('[    0.8] Run /init as init process')).toBe(true);
  expect(reachedUserSpace('[    0.8] Freeing unused kernel image')).toBe(false);
});

test('what the hypervisor complains of is told without its warnings and its own name', () => {
  const errors =
    "qemu-system-x86_64: warning: host doesn't\nqemu: module ui-ui-gtk not found, do you\nqemu: could not load\n";
  expect(complaints(errors)).toEqual(['could not load']);
});
