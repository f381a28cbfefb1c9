import { expect, test } from 'vitest';
import { mayGoTo, ociAddress, type OciAddress } from '../../src/remote/oci/address.js';

function addressOf(url: string, isInsecure = false): OciAddress {
  const address = ociAddress(new URL(url), isInsecure);
  if (!address.ok) {
    throw new Error(address.failure);
  }
  return address.value;
}

test('a registry is spoken to by https; one of this machine, or where it is asked for, by plain http', () => {
  expect(addressOf('oci://ghcr.io/team/cache')).toMatchObject({ base: 'https://ghcr.io', repository: 'team/cache' });
  expect(addressOf('oci://Registry.Example.org:443/a/')).toMatchObject({
    registry: 'registry.example.org:443',
    base: 'https://registry.example.org',
    repository: 'a',
  });
  expect(addressOf('oci://localhost:5000/a').base).toBe('http://localhost:5000');
  expect(addressOf('oci://127.0.0.1:5000/a').base).toBe('http://127.0.0.1:5000');
  expect(addressOf('oci://[::1]:5000/a').base).toBe('http://[::1]:5000');
  expect(addressOf('oci://lab:5000/a').base).toBe('https://lab:5000');
  expect(addressOf('oci://lab:5000/a', true).base).toBe('http://lab:5000');
  expect(addressOf('oci://docker.io/team/a')).toMatchObject({
    registry: 'docker.io',
    base: 'https://registry-1.docker.io',
  });
});

test('what a registry names is gone to by https, and by plain http only from one that is spoken to so', () => {
  const [far, here, lab] = [
    addressOf('oci://ghcr.io/a'),
    addressOf('oci://localhost:5000/a'),
    addressOf('oci://lab/a', true),
  ];
  for (const address of [far, here, lab]) {
    expect(mayGoTo('https://files.example.org/x?y', address)).toBe(true);
    expect(mayGoTo('https://me:secret@files.example.org/', address)).toBe(false);
    expect(mayGoTo('ftp://files.example.org/', address)).toBe(false);
    expect(mayGoTo('not an address', address)).toBe(false);
  }
  expect([far, here, lab].map((address) => mayGoTo('http://files.example.org/', address))).toEqual([
    false,
    false,
    true,
  ]);
  expect([far, here, lab].map((address) => mayGoTo('http://127.0.0.1/', address))).toEqual([false, true, true]);
});
