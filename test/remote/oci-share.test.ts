import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolders } from '../rig/folder.js';
import { ociClient } from '../rig/oci-client.js';
import { startOciServer, type OciReply, type OciServer } from '../rig/oci-server.js';
import { run, type Ran } from '../rig/pipeline.js';
import { keyPair, sharedStep, shareWith, type ShareOptions } from '../rig/share.js';

const folder = temporaryFolders();
const TEXTS = Array.from({ length: 5 }, (_, index) => `the text of part ${index}\n`.repeat(60 * (index + 1)));

let server: OciServer;
beforeEach(async () => {
  server = await startOciServer();
});
afterEach(() => server.close());

/** Runs five steps in a workspace that shares; a list of those that ran. */
async function runIn(workspace: string, options: Partial<ShareOptions>): Promise<Ran & { readonly ran: string[] }> {
  const ran: string[] = [];
  const steps = TEXTS.map((text, index) => sharedStep({ name: `make:part${index}`, text: () => text }, ran));
  const { store } = ociClient(server.host, folder());
  const share = shareWith({ url: '', store, workspace, ...options });
  return { ...(await run({ workspace, steps, share })), ran };
}

function warnings({ events }: Ran): string[] {
  return events.flatMap((event) => (event.event === 'notice' && event.level === 'warning' ? [event.text] : []));
}

test('a second workspace runs nothing of what the first one has made', async () => {
  const keys = keyPair(folder());
  await runIn(folder(), { signingKey: keys.own });
  const second = await runIn(folder(), { trusted: [keys.trusted] });
  expect(second.ran).toEqual([]);
  expect(warnings(second)).toEqual([]);
});

test('two teams with a key each share a registry, and each has its own results', async () => {
  const [red, blue] = [keyPair(folder()), keyPair(folder())];
  await runIn(folder(), { signingKey: red.own });
  await runIn(folder(), { signingKey: blue.own });
  for (const team of [red, blue]) {
    expect((await runIn(folder(), { trusted: [team.trusted] })).ran).toEqual([]);
  }
});

test('a result of somebody whom nobody trusts is refused and named, and the step runs', async () => {
  const stranger = keyPair(folder());
  await runIn(folder(), { signingKey: stranger.own });
  const second = await runIn(folder(), { trusted: [keyPair(folder()).trusted] });
  expect(second.ran).toHaveLength(TEXTS.length);
  expect(warnings(second)[0]).toContain(`is signed by the key ${stranger.own.id}, whom no --trust names`);
});

test('somebody who lists his result under the name of a trusted key is not believed', async () => {
  const [stranger, trusted] = [keyPair(folder()), keyPair(folder())];
  await runIn(folder(), { signingKey: { ...stranger.own, id: trusted.own.id } });
  const second = await runIn(folder(), { trusted: [trusted.trusted] });
  expect(second.failures).toEqual([]);
  expect(second.ran).toHaveLength(TEXTS.length);
  expect(warnings(second).every((text) => text.includes('it is not used'))).toBe(true);
});

/** A generator of numbers below 1 that a seed determines (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

test('a registry that drops, cuts, corrupts, breaks and refuses at random gives no wrong byte and fails no run', async () => {
  const next = numbers(11);
  const spoilt = (reply: OciReply): OciReply | 'drop' => {
    const bytes = Buffer.from(reply.body ?? '');
    switch (Math.floor(next() * 6)) {
      case 0:
        return 'drop';
      case 1:
        return { ...reply, body: bytes.subarray(0, bytes.length >> 1) };
      case 2:
        return {
          ...reply,
          body: bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 0x20 : byte)) as Buffer,
        };
      case 3:
        return { status: 500 };
      case 4:
        return { status: 429, body: 'slower' };
      default:
        return { status: 404, body: 'nothing' };
    }
  };
  server.spoil = (_, reply) => (next() < 0.3 ? spoilt(reply) : reply);
  const keys = keyPair(folder());
  let restored = 0;
  while (server.seen.length < 300) {
    const workspace = folder();
    const manner = { restMilliseconds: 20 };
    const came = await runIn(workspace, { trusted: [keys.trusted], signingKey: keys.own, manner });
    expect(came.failures).toEqual([]);
    TEXTS.forEach((text, index) => {
      expect(readFileSync(join(workspace, `out/tiny/make-part${index}/out`), 'utf8')).toBe(text);
    });
    expect(warnings(came).filter((text) => !text.includes('it is not used')).length).toBeLessThanOrEqual(1);
    restored += TEXTS.length - came.ran.length;
  }
  expect(restored).toBeGreaterThan(0);
});
