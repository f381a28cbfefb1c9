import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest } from '../../src/core/digest.js';
import { canonicalJson, type Json } from '../../src/core/json.js';
import { fingerprintOf, type InputsDocument } from '../../src/engine/fingerprint.js';
import { changesBetween, describeChange } from '../../src/engine/explain.js';

const digest = (letter: string): Digest => letter.repeat(64) as Digest;

const DOCUMENT: InputsDocument = {
  schema: 1,
  step: 'make:kernel',
  version: 1,
  params: { targets: ['bzImage'], machine: { type: 'pc', cpus: 1 } },
  files: { 'boot.config': digest('a') },
  upstream: { 'patch:kernel/patched': digest('b') },
  tools: { cc: 'gcc 12.2.0' },
  environment: { CFLAGS: null },
  outputs: { image: 'file bzImage' },
};

test('two machines that build their documents in another order agree on the fingerprint', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const reversed = reverseKeys(value);
      return canonicalJson(value) === canonicalJson(reversed);
    }),
  );
});

test('the canonical spelling means the same as the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('different values never share a spelling', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const same = canonicalJson(a) === canonicalJson(b);
      return (
        same ===
        (canonicalJson(JSON.parse(JSON.stringify(a)) as Json) === canonicalJson(JSON.parse(JSON.stringify(b)) as Json))
      );
    }),
  );
  expect(canonicalJson(['1'])).not.toBe(canonicalJson([1]));
});

test.each<[string, Partial<InputsDocument>]>([
  ['parameter machine.type: pc -> q35', { params: { targets: ['bzImage'], machine: { type: 'q35', cpus: 1 } } }],
  ['file boot.config changed', { files: { 'boot.config': digest('c') } }],
  ['output patched of patch:kernel changed', { upstream: { 'patch:kernel/patched': digest('c') } }],
  ['tool cc: gcc 12.2.0 -> gcc 13.1.0', { tools: { cc: 'gcc 13.1.0' } }],
  ['environment variable CFLAGS: null -> -O3', { environment: { CFLAGS: '-O3' } }],
  ["bootlap's own code for it: 1.1 -> 1.2", { version: 2 }],
  ['file extra.config is new', { files: { 'boot.config': digest('a'), 'extra.config': digest('a') } }],
  ['file boot.config is gone', { files: {} }],
])('a change changes the fingerprint and is named: %s', (expected, change) => {
  const now = { ...DOCUMENT, ...change };
  expect(fingerprintOf(now)).not.toBe(fingerprintOf(DOCUMENT));
  expect(changesBetween(DOCUMENT, now).map(describeChange)).toEqual([expected]);
});

test('the fingerprint of a known document stays what it is: a changed one would empty every cache', () => {
  expect(fingerprintOf(DOCUMENT)).toMatchInlineSnapshot(
    `"4dff4491b817828bbf2706c5602978fc3da257852a5f9ba6a6782fe80d039009"`,
  );
});

function reverseKeys(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map((member) => reverseKeys(member as Json));
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, reverseKeys(member as Json)]),
    );
  }
  return value;
}
