import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seal } from '../../src/core/dsse.js';
import { canonicalJson, type Json } from '../../src/core/json.js';
import { folderStore } from '../../src/remote/folder-store.js';
import { Mailbox } from '../../src/remote/mailbox.js';
import { temporaryFolders } from '../rig/folder.js';
import { keyPair, type KeyPair } from '../rig/share.js';

const folder = temporaryFolders();
const never = new AbortController().signal;
const ADDRESS = { kind: 'outcome', sweep: 's', number: 1, index: 0 };

/** A server that is a folder, and mailboxes in it. */
class Post {
  readonly base = folder();
  readonly us: KeyPair = keyPair(this.base);
  readonly store = folderStore(join(this.base, 'store'), 'cache.example.org');

  box(own: KeyPair, trusted: readonly KeyPair[]): Mailbox {
    const trust = trusted.map(({ trusted: key }) => key);
    return new Mailbox({ store: this.store, trusted: trust, signingKey: own.own, scratch: join(this.base, 'scratch') });
  }

  /** Sends a letter with two files, one of which is worth compressing. */
  async send(own = this.us): Promise<void> {
    const [large, small] = [join(this.base, 'large'), join(this.base, 'small')];
    writeFileSync(large, 'boot '.repeat(10_000));
    writeFileSync(small, 'small');
    const files = new Map([
      ['3.samples.ndjson', large],
      ['3.log', small],
    ]);
    expect(await this.box(own, []).send(ADDRESS, { text: { a: 1 }, files }, never)).toBeUndefined();
  }

  receive(address = ADDRESS): ReturnType<Mailbox['receive']> {
    return this.box(this.us, [this.us]).receive(address, join(this.base, 'got'), never);
  }

  /** The only file of a shelf, or that of so many bytes at least. */
  stored(shelf: 'ac' | 'cas', least = 0): string {
    const all = readdirSync(join(this.base, 'store', shelf), { recursive: true, encoding: 'utf8' });
    const paths = all.map((name) => join(this.base, 'store', shelf, name)).filter((path) => /[0-9a-f]{64}$/.test(path));
    return paths.find((path) => readFileSync(path).length > least) ?? '';
  }
}

describe('a letter', () => {
  test('arrives with its files, as they were', async () => {
    const post = new Post();
    expect(await post.receive()).toBe('nothing');
    await post.send();
    expect(await post.receive()).toEqual({ text: { a: 1 } });
    expect(readFileSync(join(post.base, 'got', '3.samples.ndjson'), 'utf8')).toBe('boot '.repeat(10_000));
    expect(readdirSync(join(post.base, 'got')).sort()).toEqual(['3.log', '3.samples.ndjson']);
  });

  test('of somebody else is not opened', async () => {
    const post = new Post();
    await post.send(keyPair(post.base));
    expect(await post.receive()).toEqual({ trouble: 'has a letter there that nobody has signed whom --trust names' });
  });

  test('that was put where another belongs is not taken for that one', async () => {
    const post = new Post();
    await post.send();
    const other = { ...ADDRESS, index: 1 };
    // Sent as well, so that there is a place to put the first one.
    const first = readFileSync(post.stored('ac'));
    await post.box(post.us, []).send(other, { text: { a: 2 }, files: new Map() }, never);
    const paths = readdirSync(join(post.base, 'store', 'ac'), { recursive: true, encoding: 'utf8' });
    paths
      .map((name) => join(post.base, 'store', 'ac', name))
      .filter((path) => /[0-9a-f]{64}$/.test(path))
      .forEach((path) => writeFileSync(path, first));
    expect(await post.receive(other)).toEqual({ trouble: 'has a letter there that was meant for another place' });
    expect(await post.receive()).toEqual({ text: { a: 1 } });
  });

  test.each([
    ['other bytes', (path: string) => writeFileSync(path, 'others')],
    ['nothing', (path: string) => renameSync(path, `${path}-gone`)],
  ])('whose file has become %s does not arrive', async (_, change) => {
    const post = new Post();
    await post.send();
    change(post.stored('cas'));
    expect(await post.receive()).toMatchObject({ trouble: expect.stringMatching(/as it was sent/) as string });
  });

  test('cannot put a file where it likes', async () => {
    const post = new Post();
    await post.send();
    const envelope = JSON.parse(readFileSync(post.stored('ac'), 'utf8')) as { payload: string; payloadType: string };
    const payload = Buffer.from(envelope.payload, 'base64').toString().replace('"3.log"', '"../3.log"');
    const forged = seal(envelope.payloadType, canonicalJson(JSON.parse(payload) as Json), post.us.own);
    writeFileSync(post.stored('ac'), JSON.stringify(forged));
    expect(await post.receive()).toMatchObject({ trouble: expect.stringMatching(/meant for another place/) as string });
    expect(existsSync(join(post.base, '3.log'))).toBe(false);
  });
});
