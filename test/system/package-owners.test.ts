import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagesOwning, parseSearch } from '../../src/system/package-owners.js';

test(
  'files are traced to their packages by any of their names',
  { skip: !existsSync('/usr/bin/dpkg-query') },
  async () => {
    const owners = await packagesOwning([
      '/bin/sh',
      '/lib64/ld-linux-x86-64.so.2',
      '/usr/bin/dpkg-query',
      '/nowhere/at/all',
    ]);
    expect(owners.get('/usr/bin/dpkg-query')).toMatchObject({ name: 'dpkg' });
    expect(owners.get('/lib64/ld-linux-x86-64.so.2')).toMatchObject({ name: 'libc6', architecture: 'amd64' });
    expect(owners.get('/bin/sh')?.version).toMatch(/\d/);
    expect(owners.has('/nowhere/at/all')).toBe(false);
  },
);

test('a file that packages of two architectures share has an owner, and a diversion is none', () => {
  const owners = parseSearch(
    [
      'libc6:amd64, libc6:i386: /usr/share/doc/libc6/copyright',
      'qemu-system-data: /usr/share/qemu/a b',
      'coreutils, diverted: /bin/true',
      'diversion by dash from: /bin/sh',
    ].join('\n'),
  );
  expect([...owners]).toEqual([
    ['/usr/share/doc/libc6/copyright', 'libc6:amd64'],
    ['/usr/share/qemu/a b', 'qemu-system-data'],
    ['/bin/true', 'coreutils'],
  ]);
});
