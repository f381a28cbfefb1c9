import { expect, test } from 'vitest';
import { commitUrl, fileUrl, packageUrl } from '../../src/bundle/purl.js';

test('a package, a commit and a file have the addresses that others look them up by', () => {
  const debian = { id: 'debian', version: '12' };
  expect(packageUrl({ name: 'libstdc++6', version: '1:12.2.0-14+deb12u1', architecture: 'amd64' }, debian)).toBe(
    'pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1?arch=amd64',
  );
  expect(packageUrl({ name: 'qemu', version: '9' }, { id: 'fedora', version: '40' })).toBe('pkg:rpm/fedora/qemu@9');
  const commit = 'c95e97eb011509d17a402bf8bb62dcca28cedd6d';
  expect(commitUrl('https://github.com/sameo/qboot.git', commit)).toBe(`pkg:github/sameo/qboot@${commit}`);
  expect(commitUrl('https://git.example/a/seabios.git', commit)).toMatch(
    /^pkg:generic\/seabios@c95e.*vcs_url=git%2Bhttps/,
  );
  expect(fileUrl('https://one.example/linux-4.18.tar.xz?x=1', '12')).toMatch(
    /^pkg:generic\/linux-4\.18\.tar\.xz\?checksum=sha256:12&download_url=https%3A/,
  );
});
