import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { challengesIn } from '../../src/remote/oci/challenge.js';
import type { RegistryCredentials } from '../../src/remote/oci/access.js';
import { temporaryFolders } from '../rig/folder.js';
import { ALICE, ociClient, type OciClient } from '../rig/oci-client.js';
import { startOciServer, type OciReply, type OciRequest, type OciServer } from '../rig/oci-server.js';

const folder = temporaryFolders();
const KEY = digestBytes('what it is made from');
const LOGIN: RegistryCredentials = { login: { user: 'me', password: 's3cret' } };
const BASIC = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;

let [server, tokens]: OciServer[] = [];
/** What the server for tokens answers; by default a token for whatever is asked for, to those who know the password. */
let giveToken: (request: OciRequest) => OciReply;
let given = 0;

beforeEach(async () => {
  [server, tokens] = [await startOciServer(), await startOciServer()];
  given = 0;
  giveToken = ({ authorization }) =>
    authorization === BASIC
      ? { status: 200, body: JSON.stringify({ token: `token-${(given += 1)}`, expires_in: 300 }) }
      : { status: 401 };
  tokens.intercept = (request) => giveToken(request);
  guard(`http://${tokens.host}/token`);
});
afterEach(() => Promise.all([server?.close(), tokens?.close()]));

/** Has the registry ask for a token from somewhere; `isGood` says which ones it takes. */
function guard(
  realm: string,
  isGood: (authorization: string) => boolean = (each) => each.startsWith('Bearer token-'),
): void {
  const challenge = `Bearer realm="${realm}",service="the registry",scope="repository:another/one:pull,push,delete"`;
  rig().intercept = ({ authorization = '' }) =>
    isGood(authorization) ? undefined : { status: 401, headers: { 'www-authenticate': challenge } };
}

function rig(): OciServer {
  if (server === undefined) {
    throw new Error('it runs within a test');
  }
  return server;
}

const client = (credentials: RegistryCredentials = LOGIN): OciClient =>
  ociClient(rig().host, folder(), { credentials });
const asked = (): URL[] => (tokens?.seen ?? []).map(({ path }) => new URL(path, 'http://tokens'));

describe('a registry that wants a token', () => {
  test('gets one of the server that it names, for this repository and no other, whatever it says', async () => {
    const one = client();
    expect(await one.share(KEY, 'the record', { objects: ['one'] })).toEqual({ kind: 'done' });
    expect(await one.find(KEY, ALICE)).toBe('the record');
    expect(asked().map(({ searchParams }) => searchParams.get('scope'))).toEqual([
      'repository:team/cache:pull,push',
      'repository:team/cache:pull',
    ]);
    expect(asked().map(({ searchParams }) => searchParams.get('service'))).toEqual(['the registry', 'the registry']);
    // The password goes to who gives tokens, and not to the registry.
    expect(rig().seen.map(({ authorization }) => authorization)).not.toContain(BASIC);
  });

  test('is asked by many at once with one token', async () => {
    const one = client();
    await one.share(KEY, 'the record', { objects: ['one'] });
    const [before, other] = [given, client()];
    await Promise.all(Array.from({ length: 8 }, () => other.bring(digestBytes('one'))));
    expect(given - before).toBeLessThanOrEqual(2);
  });

  test('gets a new one when the old one has run out', async () => {
    const one = client();
    expect(await one.find(KEY, ALICE)).toBe('missing');
    guard(`http://${tokens?.host ?? ''}/token`, (each) => each === `Bearer token-${given}` && given > 1);
    expect(await one.find(KEY, ALICE)).toBe('missing');
    expect(given).toBe(2);
  });

  test('gets one by an identity token, which is sent to nobody else', async () => {
    giveToken = ({ method, body }) =>
      method === 'POST' && body.toString().includes('refresh_token=1dentity')
        ? { status: 200, body: JSON.stringify({ access_token: 'token-x' }) }
        : { status: 400 };
    expect(await client({ identityToken: '1dentity' }).find(KEY, ALICE)).toBe('missing');
    expect(JSON.stringify(rig().seen)).not.toContain('1dentity');
  });

  test('is asked without a name where there is none', async () => {
    giveToken = () => ({ status: 200, body: JSON.stringify({ token: 'token-of-nobody' }) });
    expect(await client({}).find(KEY, ALICE)).toBe('missing');
    expect(tokens?.seen[0]?.authorization).toBeUndefined();
  });

  test('takes a token of the environment as it is', async () => {
    expect(await client({ token: 'token-mine' }).find(KEY, ALICE)).toBe('missing');
    expect(tokens?.seen).toEqual([]);
  });

  test.each([
    ['refuses', { status: 401 }, 'refused: wants other credentials (its server for tokens answered 401)'],
    [
      'sends elsewhere',
      { status: 302, headers: { location: '/' } },
      'refused: wants other credentials (its server for tokens answered 302)',
    ],
    ['breaks', { status: 500 }, 'trouble: has a server for tokens that answered 500'],
    ['talks', { status: 200, body: '<html>' }, 'trouble: has a server for tokens that gives none'],
    [
      'gives what is none',
      { status: 200, body: '{"token":"a\\r\\nb"}' },
      'trouble: has a server for tokens that gives none',
    ],
  ] as const)('whose server for tokens %s is no use, and the password is not told', async (_, reply, words) => {
    giveToken = () => reply;
    expect(await client().find(KEY, ALICE)).toBe(words);
  });

  test.each(['http://tokens.example.org/', 'file:///etc/passwd', 'http://me:s3cret@127.0.0.1/', 'nothing'])(
    'and sends for it to %s gets nothing',
    async (realm) => {
      guard(realm);
      expect(await client().find(KEY, ALICE)).toBe('refused: sends for its tokens to an address that is not safe');
    },
  );

  test('and is never content is asked twice for each thing, not for ever', async () => {
    guard(`http://${tokens?.host ?? ''}/token`, () => false);
    expect(await client().find(KEY, ALICE)).toBe('refused: wants other credentials (it answered 401)');
    expect(rig().seen).toHaveLength(2);
  });
});

test('a registry that wants a password gets it once it has asked, and from then on unasked', async () => {
  rig().intercept = ({ authorization }) =>
    authorization === BASIC ? undefined : { status: 401, headers: { 'www-authenticate': 'Basic realm="team"' } };
  const one = client();
  await one.share(KEY, 'the record', { objects: ['one'] });
  expect(rig().seen.filter(({ authorization }) => authorization !== BASIC)).toHaveLength(1);
});

describe('what a registry asks for is read', () => {
  test.each([
    ['Basic realm="team"', [['basic', { realm: 'team' }]]],
    [
      'Bearer realm="https://a/b?c=d",scope="x:y:pull,push"',
      [['bearer', { realm: 'https://a/b?c=d', scope: 'x:y:pull,push' }]],
    ],
    ['bearer Realm=plain , service = "a \\"b\\""', [['bearer', { realm: 'plain', service: 'a "b"' }]]],
    [
      'Negotiate, Basic realm="a", Bearer realm="b"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'b' }],
      ],
    ],
    ['', []],
    ['=,"', []],
  ])('%s', (header, expected) => {
    const read = challengesIn(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
    expect(read).toEqual(expected);
  });
});
