import { expect, test } from 'vitest';
import { digestBytes, type Digest } from '../../src/core/digest.js';
import type { Json } from '../../src/core/json.js';
import { done } from '../../src/core/result.js';
import type { Step } from '../../src/core/step.js';
import { fingerprintOf, type InputsDocument } from '../../src/engine/fingerprint.js';
import { whyUnsound } from '../../src/engine/sound-record.js';
import { digestManifest, type ManifestEntry } from '../../src/system/files.js';

const step: Step = {
  name: 'make:kernel',
  title: 'build the kernel',
  lane: 'build',
  sharedWith: 'machines',
  inputs: { params: {}, files: {}, upstream: [], tools: [], env: [] },
  outputs: { image: { path: 'bzImage', kind: 'file' }, data: { path: 'data', kind: 'folder' } },
  run: () => Promise.resolve(done),
};
const inputs: InputsDocument = {
  ...{ schema: 1, step: 'make:kernel', version: 1, params: {}, files: {}, upstream: {}, tools: {} },
  ...{ environment: {}, outputs: { image: 'file bzImage', data: 'folder data' } },
};
const fingerprint = fingerprintOf(inputs);
const bytes = digestBytes('bytes');

function record(files: readonly ManifestEntry[], changes: Record<string, unknown> = {}): Json {
  const image = { kind: 'file', path: 'bzImage', digest: bytes, bytes: 5, files: [entry('')] };
  const data = { kind: 'folder', path: 'data', digest: digestManifest(files), bytes: 5, files };
  const log: Digest = digestBytes('');
  const common = { schema: 1, step: step.name, fingerprint, inputs, madeAt: '2026-01-01T00:00:00Z', seconds: 1, log };
  return { ...common, notices: [], outputs: { image, data }, ...changes } as unknown as Json;
}

function entry(path: string, mode: ManifestEntry['mode'] = 'file'): ManifestEntry {
  return { path, digest: bytes, mode };
}

test('a record of the step counts', () => {
  expect(whyUnsound(record([entry('a'), entry('b/c', 'link')]), step, fingerprint)).toBeUndefined();
});

test.each([
  ['leads out of its folder', [entry('../../../etc/passwd')]],
  ['leads out of its folder further down', [entry('a/../../b')]],
  ['is absolute', [entry('/etc/passwd')]],
  ['is none', [entry('')]],
  ['holds a zero byte', [entry('a\0b')]],
  ['lies below a link', [entry('a', 'link'), entry('a/b')]],
  ['is there twice', [entry('a'), entry('a')]],
])('a record with a path that %s is not used', (_, files) => {
  expect(whyUnsound(record(files), step, fingerprint)).toContain('"data"');
});

test.each([
  ['other inputs', { inputs: { ...inputs, params: { other: true } } }, 'do not give its fingerprint'],
  ['another step', { step: 'make:firmware' }, 'another step'],
  ['another layout', { schema: 2 }, 'another layout'],
  ['an output less', { outputs: {} }, 'other outputs'],
  ['no log', { log: 'none' }, 'lacks'],
  ['notices that are none', { notices: [{ level: 'shout', text: 'x' }] }, 'lacks'],
  ['a name of an object that is none', { outputs: { image: 1, data: 2 } }, '"image"'],
])('a record with %s is not used', (_, changes, words) => {
  expect(whyUnsound(record([entry('a')], changes), step, fingerprint)).toContain(words);
});

test('a record whose files do not give the digest of their folder is not used', () => {
  const data = { kind: 'folder', path: 'data', digest: bytes, bytes: 5, files: [entry('a')] };
  const image = { kind: 'file', path: 'bzImage', digest: bytes, bytes: 5, files: [entry('')] };
  expect(whyUnsound(record([], { outputs: { image, data } }), step, fingerprint)).toContain('"data"');
});
