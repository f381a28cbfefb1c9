import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { temporaryFolders } from '../rig/folder.js';
import { ALICE, BOB, ociClient } from '../rig/oci-client.js';
import { startOciServer, type OciReply, type OciServer } from '../rig/oci-server.js';

const folder = temporaryFolders();
const KEY = digestBytes('what it is made from');

let server: OciServer;
afterEach(() => server.close());

describe.each([
  ['that lists referrers', { listsReferrers: true }],
  ['that lists none', {}],
  ['that lists none and minds what was there', { minds: true }],
])('a registry %s', (_, manner) => {
  beforeEach(async () => {
    server = await startOciServer(manner);
  });

  test('gives back what was put there, and a miss for the rest', async () => {
    const client = ociClient(server.host, folder());
    expect(await client.find(KEY, ALICE)).toBe('missing');
    expect(await client.share(KEY, 'the record', { objects: ['one', 'two', ''] })).toEqual({ kind: 'done' });
    const other = ociClient(server.host, folder());
    expect(await other.find(KEY, ALICE)).toBe('the record');
    expect(await other.bring(digestBytes('two'))).toBe('two');
    expect(await other.bring(digestBytes(''))).toBe('');
    expect(await other.bring(digestBytes('three'))).toBe('missing');
    expect(await other.find(digestBytes('something else'), ALICE)).toBe('missing');
  });

  test('keeps one record for each signer, the newest of each', async () => {
    const client = ociClient(server.host, folder());
    await client.share(KEY, 'old, by alice');
    await client.share(KEY, 'by bob', { signer: BOB });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await client.share(KEY, 'new, by alice');
    expect(await client.find(KEY, ALICE)).toBe('new, by alice');
    expect(await client.find(KEY, BOB)).toBe('by bob');
    // Of one whom nobody trusts something is given, so that he can be named.
    expect(await client.find(KEY, 'c'.repeat(64))).toBe('new, by alice');
  });

  test('loses no result when many write at once', async () => {
    const signers = Array.from({ length: 6 }, (__, index) => String(index).repeat(64));
    const base = folder();
    await Promise.all(signers.map((signer) => ociClient(server.host, base).share(KEY, `by ${signer}`, { signer })));
    for (const signer of signers) {
      expect(await ociClient(server.host, base).find(KEY, signer)).toBe(`by ${signer}`);
    }
  });
});

describe('what a registry holds', () => {
  test('are manifests with an artifact type that refer to their key and name all that they need', async () => {
    server = await startOciServer();
    await ociClient(server.host, folder()).share(KEY, 'the record', { objects: ['one', 'two', 'one', ''] });
    const tags = [...server.manifests.keys()].filter((name) => !name.startsWith('sha256:'));
    const subject = JSON.parse(server.manifests.get(KEY) ?? '') as Record<string, unknown>;
    const subjectDigest = digestBytes(server.manifests.get(KEY) ?? '');
    expect(tags.sort()).toEqual([KEY, `${KEY}.${ALICE.slice(0, 32)}`, `sha256-${subjectDigest}`].sort());
    expect(subject).toMatchObject({
      artifactType: 'application/vnd.bootlap.key.v1',
      annotations: { 'vnd.bootlap.key': KEY },
    });
    const result = JSON.parse(server.manifests.get(`${KEY}.${ALICE.slice(0, 32)}`) ?? '') as Record<string, unknown>;
    expect(result).toMatchObject({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.bootlap.result.v1',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', size: 2 },
      subject: { digest: `sha256:${subjectDigest}` },
      annotations: { 'vnd.bootlap.step': 'make:kernel', 'vnd.bootlap.signer': ALICE },
    });
    const layers = (result['layers'] as { digest: string }[]).map(({ digest }) => digest);
    expect(layers).toEqual(['the record', 'one', 'two'].map((each) => `sha256:${digestBytes(each)}`));
    const list = JSON.parse(server.manifests.get(`sha256-${subjectDigest}`) ?? '') as { manifests: unknown[] };
    expect(list.manifests).toHaveLength(1);
  });

  test('keeps what others have put into the same list', async () => {
    server = await startOciServer();
    const client = ociClient(server.host, folder());
    await client.share(KEY, 'the record');
    const tag = [...server.manifests.keys()].find((name) => name.startsWith('sha256-')) ?? '';
    const list = JSON.parse(server.manifests.get(tag) ?? '') as { manifests: unknown[] };
    const stranger = { mediaType: 'a/b', digest: `sha256:${KEY}`, size: 3, artifactType: 'a/signature' };
    server.manifests.set(tag, JSON.stringify({ ...list, manifests: [stranger, ...list.manifests] }));
    await client.share(KEY, 'another record');
    const { manifests } = JSON.parse(server.manifests.get(tag) ?? '') as { manifests: unknown[] };
    expect(manifests).toHaveLength(2);
    expect(manifests).toContainEqual(stranger);
  });

  test('is written anew where somebody has put something endlessly nested into it', async () => {
    server = await startOciServer();
    const client = ociClient(server.host, folder());
    await client.share(KEY, 'the record');
    const tag = [...server.manifests.keys()].find((name) => name.startsWith('sha256-')) ?? '';
    const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    server.manifests.set(tag, `{"schemaVersion":2,"manifests":[${nested}]}`);
    await client.share(KEY, 'another record');
    expect((JSON.parse(server.manifests.get(tag) ?? '') as { manifests: unknown[] }).manifests).toHaveLength(1);
  });
});

test('a list that was copied by somebody who knows no artifact types still leads to the result', async () => {
  server = await startOciServer();
  await ociClient(server.host, folder()).share(KEY, 'the record');
  const tag = [...server.manifests.keys()].find((name) => name.startsWith('sha256-')) ?? '';
  server.manifests.set(tag, (server.manifests.get(tag) ?? '').replace(/"artifactType":"[^"]*",/, ''));
  server.manifests.delete(`${KEY}.${ALICE.slice(0, 32)}`);
  expect(server.manifests.get(tag)).not.toContain('artifactType');
  expect(await ociClient(server.host, folder()).find(KEY, ALICE)).toBe('the record');
});

describe('uploads', () => {
  test.each([
    ['a path', undefined],
    ['an address with a query', (base: string) => `${base}/up/2?state=x%2By`],
    ['an address without one', (base: string) => `${base}/up/3`],
  ])('go where the registry wants them: %s', async (_, uploads) => {
    server = await startOciServer(uploads === undefined ? {} : { uploads });
    expect(await ociClient(server.host, folder()).share(KEY, 'the record', { objects: ['one'] })).toEqual({
      kind: 'done',
    });
    expect(server.blobs.get(`sha256:${digestBytes('one')}`)?.toString()).toBe('one');
  });

  test.each([
    ['to plain http elsewhere', () => 'http://files.example.org/up'],
    ['to another protocol', () => 'file:///etc/passwd'],
    ['with a password', (base: string) => base.replace('//', '//me:secret@')],
    ['to nowhere', () => 'http://['],
  ])('are not sent %s', async (_, uploads) => {
    server = await startOciServer({ uploads });
    const answer = await ociClient(server.host, folder()).share(KEY, 'the record', { objects: ['one'] });
    expect(answer).toEqual({ kind: 'refused', detail: 'wants a blob at an address that is not safe' });
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    [403, 'refused: wants other credentials (it answered 403)'],
    [404, 'refused: has no such repository (it answered 404)'],
    [405, 'refused: takes nothing (it answered 405)'],
    [429, 'trouble: answered 429'],
    [500, 'trouble: answered 500'],
  ])('that end with %i cost what is not sent', async (status, words) => {
    server = await startOciServer();
    server.intercept = ({ method }) => (method === 'POST' ? { status } : undefined);
    const answer = await ociClient(server.host, folder()).share(KEY, 'the record', { objects: ['one'] });
    expect('detail' in answer ? `${answer.kind}: ${answer.detail}` : answer.kind).toBe(words);
  });
});

test('what a registry does not take is told with its reason', async () => {
  server = await startOciServer();
  const client = ociClient(server.host, folder());
  server.intercept = ({ method, path }) =>
    method === 'PUT' && path.includes('/manifests/')
      ? { status: 400, body: '{"errors":[{"code":"MANIFEST_INVALID","message":"s3cret"}]}' }
      : undefined;
  expect(await client.share(KEY, 'the record')).toEqual({ kind: 'refused', detail: 'answered 400: MANIFEST_INVALID' });
});

describe('blobs that lie elsewhere', () => {
  const LOGIN = { credentials: { login: { user: 'me', password: 'secret' } } };
  const guarded = ({ authorization }: { authorization: string | undefined }): OciReply | undefined =>
    authorization === undefined ? { status: 401, headers: { 'www-authenticate': 'Basic realm="here"' } } : undefined;

  test('are brought from there, without a word of who we are', async () => {
    server = await startOciServer();
    const elsewhere = await startOciServer();
    elsewhere.intercept = () => ({ status: 200, body: 'one' });
    server.intercept = (request) =>
      guarded(request) ?? { status: 307, headers: { location: `http://${elsewhere.host}/bucket/one?signature=1` } };
    try {
      const client = ociClient(server.host, folder(), LOGIN);
      expect(await client.bring(digestBytes('one'))).toBe('one');
      expect(server.seen.at(-1)?.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
      expect(elsewhere.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
    } finally {
      await elsewhere.close();
    }
  });

  test.each(['http://files.example.org/one', 'ftp://127.0.0.1/one', 'http://me:secret@127.0.0.1/'])(
    'are not brought from %s',
    async (location) => {
      server = await startOciServer();
      server.intercept = () => ({ status: 302, headers: { location } });
      const came = await ociClient(server.host, folder()).bring(digestBytes('one'));
      expect(came).toBe('refused: sends for a blob to an address that is not safe');
    },
  );

  test('are not followed for ever', async () => {
    server = await startOciServer();
    server.intercept = ({ path }) => ({ status: 301, headers: { location: `${path}x` } });
    const came = await ociClient(server.host, folder()).bring(digestBytes('one'));
    expect(came).toBe('refused: sends for a blob from one address to the next');
    expect(server.seen).toHaveLength(4);
  });
});

describe('nothing that a registry says is believed', () => {
  beforeEach(async () => {
    server = await startOciServer();
    await ociClient(server.host, folder()).share(KEY, 'the record', { objects: ['one'] });
  });

  /** What is found where one kind of request is answered otherwise. */
  const foundWith = (part: string, reply: OciReply): Promise<string> => {
    server.intercept = ({ path }) => (path.includes(part) ? reply : undefined);
    return ociClient(server.host, folder()).find(KEY, ALICE);
  };
  const MANIFEST = '/manifests/sha256:';
  const entry = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: 'application/vnd.bootlap.result.v1',
  };

  test.each([
    ['no list', 'hello'],
    [
      'a list of nonsense',
      { schemaVersion: 2, manifests: [1, null, {}, { ...entry, digest: 'sha256:../../x', size: 1 }] },
    ],
    [
      'a list of what is too large',
      { schemaVersion: 2, manifests: [{ ...entry, digest: `sha256:${KEY}`, size: 1e12 }] },
    ],
    ['a list that goes on and on', `{"schemaVersion":2,"manifests":[${'0,'.repeat(3_000_000)}0]}`],
    ['a list of what is not there', { schemaVersion: 2, manifests: [{ ...entry, digest: `sha256:${KEY}`, size: 9 }] }],
  ])('%s is a miss', async (_, list) => {
    const body = typeof list === 'string' ? list : JSON.stringify(list);
    server.manifests.delete(`${KEY}.${ALICE.slice(0, 32)}`);
    expect(await foundWith('/manifests/sha256-', { status: 200, body })).toBe('missing');
  });

  test('another manifest than the list names is trouble', async () => {
    const body = (server.manifests.get(`${KEY}.${ALICE.slice(0, 32)}`) ?? '').replace('make:kernel', 'make:poison');
    expect(await foundWith(MANIFEST, { status: 200, body })).toBe(
      'trouble: sent another manifest than it was asked for',
    );
    expect(await foundWith(MANIFEST, { status: 200, body: body.slice(0, 300) })).toMatch(/^trouble: /);
  });

  test('other bytes than those of the record, or more of them, are trouble', async () => {
    const at = `/blobs/sha256:${digestBytes('the record')}`;
    expect(await foundWith(at, { status: 200, body: 'the wreckd' })).toBe(
      'trouble: sent another record than it was asked for',
    );
    expect(await foundWith(at, { status: 200, body: 'the record and more' })).toMatch(
      /^trouble: .*more than the 10 bytes/,
    );
  });

  test.each([
    [401, /^refused: wants other credentials/],
    [403, /^refused: wants other credentials/],
    [404, /^missing$/],
    [429, /^trouble: answered 429$/],
    [500, /^trouble: answered 500$/],
  ])('an answer %i to everything is told as what it is', async (status, words) => {
    expect(await foundWith('/', { status, body: 'no' })).toMatch(words);
  });
});
