import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Step } from '../../src/core/step.js';
import { temporaryFolders } from '../rig/folder.js';
import { startObjectServer, type Fault, type ObjectServer } from '../rig/object-server.js';
import { run, tinyStep, type Ran } from '../rig/pipeline.js';
import { keyPair, sharedStep, shareWith, type ShareOptions } from '../rig/share.js';

const folder = temporaryFolders();
let faults: (method: string, path: string) => Fault;
let server: ObjectServer;

beforeEach(async () => {
  faults = () => 'none';
  server = await startObjectServer((method, path) => faults(method, path));
});
afterEach(() => server.close());

const SOURCE = 'a line of the source\n'.repeat(2000);

function pipeline(): Step[] {
  return [
    tinyStep({ name: 'pin:kernel' }),
    sharedStep({ name: 'fetch:kernel', upstream: ['pin:kernel'], text: () => SOURCE }),
    sharedStep({ name: 'make:kernel', upstream: ['fetch:kernel'], text: ([text]) => `made of ${text ?? ''}` }),
  ];
}

type Wish = Partial<ShareOptions> & { readonly steps?: readonly Step[] };

async function runIn(workspace: string, { steps = pipeline(), ...options }: Wish): Promise<Ran> {
  return run({ workspace, steps, share: shareWith({ url: server.address, workspace, ...options }) });
}

/** A workspace in which everything is made, and nobody was told. */
async function warm(): Promise<string> {
  const workspace = folder();
  await run({ workspace, steps: pipeline() });
  return workspace;
}

function notices({ events }: Ran): string[] {
  return events.flatMap((event) => (event.event === 'notice' ? [event.text] : []));
}

function records(): string[] {
  return [...server.objects.keys()].filter((path) => path.startsWith('/ac/'));
}

const memory = (workspace: string): string => join(workspace, 'state', 'shared', 'test');

function owed(workspace: string): string[] {
  const path = join(memory(workspace), 'owed');
  return existsSync(path) ? readdirSync(path) : [];
}

describe('a workspace in which all is made', () => {
  test('fills a server that is new to it', async () => {
    const [workspace, keys] = [await warm(), keyPair(folder())];
    const filling = await runIn(workspace, { signingKey: keys.own });
    expect(new Set(Object.values(filling.statuses))).toEqual(new Set(['fresh']));
    expect(notices(filling)).toEqual([expect.stringMatching(/^2 results sent to /)]);
    const second = await runIn(folder(), { trusted: [keys.trusted] });
    expect(second.statuses).toMatchObject({ 'fetch:kernel': 'restored', 'make:kernel': 'restored' });
  });

  test('asks a server nothing that has it all', async () => {
    const [workspace, keys] = [await warm(), keyPair(folder())];
    await runIn(workspace, { signingKey: keys.own });
    const before = server.seen.length;
    expect(notices(await runIn(workspace, { signingKey: keys.own, trusted: [keys.trusted] }))).toEqual([]);
    expect(server.seen.length).toBe(before);
  });

  test('fills a server that was emptied, where it only writes', async () => {
    const [workspace, keys] = [await warm(), keyPair(folder())];
    await runIn(workspace, { signingKey: keys.own });
    server.objects.clear();
    await runIn(workspace, { signingKey: keys.own, isThorough: true });
    expect(records()).toHaveLength(2);
  });

  test('does not send again what others have sent, but what nobody whom it trusts has signed', async () => {
    const [keys, colleague, stranger] = [keyPair(folder()), keyPair(folder()), keyPair(folder())];
    await runIn(folder(), { signingKey: colleague.own });
    const trusting = { signingKey: keys.own, trusted: [colleague.trusted] };
    expect(notices(await runIn(await warm(), trusting))).toEqual([]);
    expect(notices(await runIn(await warm(), { signingKey: stranger.own }))).toEqual([
      expect.stringMatching(/^2 results sent to /),
    ]);
  });

  test('does not sign what it took from somebody else', async () => {
    const [keys, colleague] = [keyPair(folder()), keyPair(folder())];
    await runIn(folder(), { signingKey: colleague.own });
    const workspace = folder();
    await runIn(workspace, { trusted: [colleague.trusted] });
    server.objects.clear();
    await runIn(workspace, { signingKey: keys.own, trusted: [keys.trusted, colleague.trusted] });
    expect(records()).toEqual([]);
  });

  test('does not send what has gone bad in it', async () => {
    const [workspace, keys] = [await warm(), keyPair(folder())];
    const objects = join(workspace, 'cache', 'objects');
    for (const name of readdirSync(objects, { recursive: true }).map(String)) {
      const path = join(objects, name);
      if (name.length > 64) {
        chmodSync(path, 0o644);
        writeFileSync(path, 'gone bad');
      }
    }
    const ran = await runIn(workspace, { signingKey: keys.own });
    expect(notices(ran).filter((text) => text.includes('the cached result is damaged'))).toHaveLength(2);
    expect([...server.objects]).toEqual([]);
    expect(owed(workspace)).toEqual([]);
  });
});

describe('what could not be sent', () => {
  /** A run that makes it all while the server takes nothing. */
  async function unlucky(keys: ReturnType<typeof keyPair>): Promise<string> {
    const workspace = folder();
    faults = (method) => (method === 'PUT' ? 'break' : 'none');
    const ran = await runIn(workspace, { signingKey: keys.own });
    expect(notices(ran).at(-1)).toMatch(/^2 results could not be sent to .*: a later run that shares sends them$/);
    faults = () => 'none';
    return workspace;
  }

  /** As if some time had passed. */
  function later(workspace: string): void {
    utimesSync(join(memory(workspace), 'trouble'), 0, 0);
  }

  const others = [sharedStep({ name: 'make:firmware', text: () => 'firmware' })];

  test('is sent by a later run, of another recipe, too', async () => {
    const keys = keyPair(folder());
    const workspace = await unlucky(keys);
    expect(owed(workspace)).toHaveLength(2);
    later(workspace);
    await runIn(workspace, { signingKey: keys.own, steps: others });
    expect(owed(workspace)).toEqual([]);
    const second = await runIn(folder(), { trusted: [keys.trusted] });
    expect(second.statuses).toMatchObject({ 'fetch:kernel': 'restored', 'make:kernel': 'restored' });
  });

  test('does not hold up each run while the server is unwell', async () => {
    const keys = keyPair(folder());
    const workspace = await unlucky(keys);
    faults = () => 'drop';
    const before = server.seen.length;
    expect(notices(await runIn(workspace, { signingKey: keys.own }))).toEqual([]);
    expect(server.seen.length).toBe(before);
    expect(owed(workspace)).toHaveLength(2);
  });

  test('is left alone for a week after three tries, where the server is well and still does not take it', async () => {
    const keys = keyPair(folder());
    const workspace = await unlucky(keys);
    const tries: number[] = [];
    faults = (method) => (method === 'PUT' ? 'break' : 'none');
    for (let run = 0; run < 5; run += 1) {
      later(workspace);
      const before = server.seen.length;
      await runIn(workspace, { signingKey: keys.own });
      tries.push(server.seen.length - before);
    }
    expect(tries.map((requests) => requests > 0)).toEqual([true, true, true, false, false]);
    expect(owed(workspace)).toEqual([]);
  });

  test('is sent by the next run where a run was interrupted', async () => {
    const keys = keyPair(folder());
    faults = (method) => (method === 'PUT' ? 'silence' : 'none');
    const interruption = new AbortController();
    const workspace = folder();
    const patience = { connect: 60_000, stall: 60_000, base: 60_000, leastBytesPerSecond: 1 };
    const share = shareWith({ url: server.address, workspace, signingKey: keys.own, patience });
    const running = run({ workspace, steps: pipeline(), share, signal: interruption.signal });
    await until(() => server.seen.some(({ method }) => method === 'PUT'));
    interruption.abort('SIGINT');
    expect(notices(await running).at(-1)).toMatch(/^2 results could not be sent/);
    faults = () => 'none';
    await runIn(workspace, { signingKey: keys.own, steps: others });
    expect(owed(workspace)).toEqual([]);
    expect(records()).toHaveLength(3);
  });

  test('is forgotten where it is no more in the cache, or the note is none', async () => {
    const keys = keyPair(folder());
    const workspace = await unlucky(keys);
    later(workspace);
    const [first = ''] = owed(workspace);
    const path = join(memory(workspace), 'owed', first);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 20));
    rmSync(join(workspace, 'cache', 'records'), { recursive: true });
    mkdirSync(join(workspace, 'cache', 'records'));
    const ran = await runIn(workspace, { signingKey: keys.own, steps: others });
    expect(ran.failures).toEqual([]);
    expect(owed(workspace)).toEqual([]);
    expect(records()).toHaveLength(1);
  });
});

test('a run that waits for what is being sent tells how far it is', async () => {
  const keys = keyPair(folder());
  faults = () => 'delay';
  const ran = await runIn(folder(), { signingKey: keys.own, tickMilliseconds: 10 });
  const told = ran.events.filter((event) => event.event === 'sending');
  expect(told.length).toBeGreaterThan(0);
  expect(told[0]).toMatchObject({ host: new URL(server.address).host, results: expect.any(Number) });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
