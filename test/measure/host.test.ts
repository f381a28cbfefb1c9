import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHost, readHostIdentity, readKvmAccess } from '../../src/measure/host.js';

test('what counts is the processor, its microcode and the kernel, and nothing that changes by the hour', () => {
  const identity = readHostIdentity();
  expect(identity.cpu).not.toBe('');
  expect(identity.kernel).toBe(release());
  expect(Object.keys(identity).filter((key) => !['cpu', 'microcode', 'kernel'].includes(key))).toEqual([]);
  expect(readHostIdentity()).toEqual(identity);
});

test('the record has the counting part and the rest', () => {
  const host = readHost();
  expect(host).toMatchObject(readHostIdentity());
  expect(host.processors).toBeGreaterThan(0);
  expect(host.load).toHaveLength(3);
  expect(JSON.parse(JSON.stringify(host))).toEqual(host);
});

test('a KVM device that is not there, and one that may not be opened, are told apart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-kvm-'));
  const device = join(folder, 'kvm');
  expect(readKvmAccess(device)).toBe('missing');
  writeFileSync(device, '', { mode: 0o000 });
  expect(readKvmAccess(device)).toBe(process.getuid?.() === 0 ? 'usable' : 'forbidden');
  rmSync(folder, { recursive: true });
});
