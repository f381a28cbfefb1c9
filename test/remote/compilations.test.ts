import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/event.js';
import type { Step } from '../../src/core/step.js';
import type { SharedResults } from '../../src/engine/index.js';
import { temporaryFolders } from '../rig/folder.js';
import { startObjectServer, type Fault, type ObjectServer } from '../rig/object-server.js';
import { run } from '../rig/pipeline.js';
import { keyPair, sharedStep, shareWith, type ShareOptions } from '../rig/share.js';

const folder = temporaryFolders();
let faults: () => Fault;
let server: ObjectServer;
let opened: SharedResults[];

beforeEach(async () => {
  faults = () => 'none';
  opened = [];
  server = await startObjectServer(() => faults());
});
afterEach(async () => {
  await Promise.all(opened.map((each) => each.finish()));
  await server.close();
});

interface Machine {
  readonly shared: SharedResults;
  readonly events: RunEvent[];
  /** The address that ccache is told. */
  readonly address: string;
  readonly isReadOnly: boolean;
}

async function machine(options: Partial<ShareOptions>): Promise<Machine> {
  const events: RunEvent[] = [];
  const share = shareWith({ url: server.address, workspace: folder(), ...options });
  const shared = share((event) => events.push(event), new AbortController().signal);
  opened.push(shared);
  const { address = '', isReadOnly = true } = (await shared.compilations?.()) ?? {};
  return { shared, events, address, isReadOnly };
}

const NAME = '0a1b2c3d4e5f6g7h8i9j0k';
const ENTRY = randomBytes(10_000);

const put = (address: string, name = NAME, body: Buffer = ENTRY): Promise<Response> =>
  fetch(`${address}/${name}`, { method: 'PUT', body: new Uint8Array(body) });

async function get(address: string, name = NAME): Promise<Buffer | number> {
  const answer = await fetch(`${address}/${name}`);
  return answer.status === 200 ? Buffer.from(await answer.arrayBuffer()) : answer.status;
}

const warnings = ({ events }: Machine): string[] =>
  events.flatMap((event) => (event.event === 'notice' && event.level === 'warning' ? [event.text] : []));

async function given(keys = keyPair(folder())): Promise<ReturnType<typeof keyPair>> {
  const first = await machine({ signingKey: keys.own });
  expect((await put(first.address)).status).toBe(201);
  await first.shared.finish();
  return keys;
}

describe('what ccache gives on one machine', () => {
  test('another one gets, where it trusts the first; the server sees nothing but signed objects', async () => {
    const keys = await given();
    const second = await machine({ trusted: [keys.trusted] });
    expect(second.isReadOnly).toBe(true);
    expect(await get(second.address)).toEqual(ENTRY);
    expect(await get(second.address, 'z'.repeat(20))).toBe(404);
    expect([...server.objects.keys()]).toEqual([expect.stringMatching(/^\/ac\/[0-9a-f]{64}$/)]);
    expect(warnings(second)).toEqual([]);
  });

  test('is refused where somebody else has signed it, and that key is named, once', async () => {
    const stranger = await given();
    const second = await machine({ trusted: [keyPair(folder()).trusted] });
    expect(await get(second.address)).toBe(404);
    expect(await get(second.address)).toBe(404);
    expect(warnings(second)).toEqual([
      expect.stringContaining(`is signed by the key ${stranger.own.id}, whom no --trust names: it is made here`),
    ]);
  });

  test.each([
    ['bytes of which one was flipped', (stored: Buffer) => stored.fill(stored.at(-1) === 7 ? 8 : 7, stored.length - 1)],
    ['bytes that nobody has signed', () => ENTRY],
    ['half of the bytes', (stored: Buffer) => stored.subarray(0, stored.length / 2)],
    ['nothing', () => Buffer.alloc(0)],
  ])('is not used where the server has %s', async (_what, spoil) => {
    const keys = await given();
    for (const [path, stored] of server.objects) {
      server.objects.set(path, spoil(Buffer.from(stored)));
    }
    const second = await machine({ trusted: [keys.trusted] });
    expect(await get(second.address)).toBe(404);
    expect(warnings(second)).toHaveLength(1);
  });

  test('is not used for another compilation than it was signed for', async () => {
    const keys = keyPair(folder());
    const first = await machine({ signingKey: keys.own });
    await put(first.address, NAME);
    await put(first.address, 'another0another0another0', randomBytes(100));
    await first.shared.finish();
    const [one, two] = [...server.objects.keys()];
    const [a, b] = [...server.objects.values()];
    server.objects.set(one ?? '', b ?? Buffer.alloc(0)).set(two ?? '', a ?? Buffer.alloc(0));
    const second = await machine({ trusted: [keys.trusted] });
    expect(await get(second.address)).toBe(404);
    expect(warnings(second)).toEqual([expect.stringContaining('has other bytes than were signed for it')]);
  });
});

test('who does not know the secret can neither read nor put: what is put would be signed', async () => {
  const keys = await given();
  const first = await machine({ signingKey: keys.own });
  const { origin } = new URL(first.address);
  const before = server.seen.length;
  for (const address of [origin, `${origin}/x`, `${first.address}/x`, first.address.slice(0, -1)]) {
    expect(await get(address)).toBe(404);
    expect((await put(address)).status).toBe(404);
  }
  expect(server.seen).toHaveLength(before);
});

test('a result in which others have compiled is not sent under a key of our own', async () => {
  const keys = keyPair(folder());
  const workspace = folder();
  const plain = sharedStep({ name: 'make:firmware' });
  const mixed: Step = {
    ...sharedStep({ name: 'make:kernel' }),
    run: (context) => {
      context.holdsOthers();
      return plain.run(context);
    },
  };
  const share = shareWith({ url: server.address, workspace, signingKey: keys.own, trusted: [keys.trusted] });
  for (const steps of [[mixed], [mixed], [mixed, plain]]) {
    expect((await run({ workspace, steps, share })).failures).toEqual([]);
  }
  expect([...server.objects.keys()].filter((path) => path.startsWith('/ac/'))).toHaveLength(1);
});

test('a machine that signs takes only what was signed by its own key: it vouches for what it uses', async () => {
  const others = await given();
  const keys = keyPair(folder());
  const both = await machine({ signingKey: keys.own, trusted: [others.trusted, keys.trusted] });
  expect(await get(both.address)).toBe(404);
  const reader = await machine({ trusted: [others.trusted] });
  expect(await get(reader.address)).toEqual(ENTRY);
});

test('a machine without a key sends nothing', async () => {
  const second = await machine({ trusted: [keyPair(folder()).trusted] });
  expect((await put(second.address)).status).toBe(404);
  await second.shared.finish();
  expect(server.objects.size).toBe(0);
});

test('nothing is sent while boots are timed, and all of it afterwards', async () => {
  const keys = keyPair(folder());
  const first = await machine({ signingKey: keys.own });
  await first.shared.hush();
  await put(first.address);
  expect(server.seen.filter(({ method }) => method === 'PUT')).toEqual([]);
  first.shared.resume();
  await first.shared.finish();
  expect(server.objects.size).toBe(1);
  expect(JSON.stringify(first.events)).toContain('1 entry of ccache sent to');
});

test('a server that fails costs misses and one warning', async () => {
  const keys = await given();
  faults = () => 'drop';
  const second = await machine({ trusted: [keys.trusted] });
  for (let count = 0; count < 10; count += 1) {
    expect(await get(second.address)).toBe(404);
  }
  expect(warnings(second)).toHaveLength(1);
});

test('after many lookups in vain a build asks no more', async () => {
  const second = await machine({ trusted: [keyPair(folder()).trusted] });
  for (let count = 0; count < 80; count += 1) {
    expect(await get(second.address, `${'0'.repeat(20)}${count}`)).toBe(404);
  }
  expect(server.seen).toHaveLength(60);
});

test('a server that was well and is slow now is soon asked no more', async () => {
  const keys = await given();
  const patience = { connect: 60_000, stall: 60_000, base: 60_000, leastBytesPerSecond: 1_000_000_000 };
  const second = await machine({ trusted: [keys.trusted], patience });
  expect(await get(second.address)).toEqual(ENTRY);
  faults = () => 'silence';
  const names = Array.from({ length: 40 }, (_, number) => `${'0'.repeat(20)}${number}`);
  const asked = await Promise.all(names.map((name) => get(second.address, name)));
  expect(new Set(asked)).toEqual(new Set([404]));
  const before = server.seen.length;
  expect(await get(second.address)).toBe(404);
  expect(server.seen).toHaveLength(before);
}, 60_000);
