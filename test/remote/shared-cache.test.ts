import { readFileSync, writeFileSync } from 'node:fs';
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

/** pin (not shared) -> fetch -> make (a folder) -> measure (alone, not shared). */
function pipeline(ran: string[]): Step[] {
  return [
    tinyStep({ name: 'pin:kernel' }, ran),
    sharedStep({ name: 'fetch:kernel', upstream: ['pin:kernel'], text: () => SOURCE }, ran),
    sharedStep({ name: 'make:kernel', upstream: ['fetch:kernel'], text: ([text]) => `made of ${text ?? ''}` }, ran),
    sharedStep({ name: 'make:data', folder: { 'one.txt': 'one', 'two.txt': 'two' } }, ran),
    tinyStep({ name: 'measure', upstream: ['make:kernel'], lane: 'exclusive', text: () => 'measured' }, ran),
  ];
}

type Wish = Partial<ShareOptions> & { readonly ran?: string[]; readonly steps?: readonly Step[] };

async function runIn(workspace: string, { ran = [], steps = pipeline(ran), ...options }: Wish): Promise<Ran> {
  return run({ workspace, steps, share: shareWith({ url: server.address, workspace, ...options }) });
}

function warnings({ events }: Ran): string[] {
  return events.flatMap((event) => (event.event === 'notice' && event.level === 'warning' ? [event.text] : []));
}

/** What another workspace has of a cache that one has filled. */
async function filled(keys = keyPair(folder())): Promise<{ keys: ReturnType<typeof keyPair> }> {
  await runIn(folder(), { signingKey: keys.own });
  return { keys };
}

describe('a second workspace', () => {
  test('takes what can be shared from the first one, and runs only what is its own', async () => {
    const { keys } = await filled();
    const ran: string[] = [];
    const workspace = folder();
    const second = await runIn(workspace, { ran, trusted: [keys.trusted] });
    expect(second.failures).toEqual([]);
    expect(ran).toEqual(['pin:kernel', 'measure']);
    expect(second.statuses).toMatchObject({ 'fetch:kernel': 'restored', 'make:data': 'restored' });
    expect(second.steps.find(({ step }) => step === 'make:kernel')?.from).toBe(new URL(server.address).host);
    expect(readFileSync(join(workspace, 'out/tiny/make-kernel/out'), 'utf8')).toBe(`made of ${SOURCE}`);
    expect(readFileSync(join(workspace, 'out/tiny/make-data/out/two.txt'), 'utf8')).toBe('two');
    expect(warnings(second)).toEqual([]);
  });

  test('asks the server nothing when nothing has changed', async () => {
    const { keys } = await filled();
    const workspace = folder();
    await runIn(workspace, { trusted: [keys.trusted], signingKey: keys.own });
    const before = server.seen.length;
    await runIn(workspace, { trusted: [keys.trusted], signingKey: keys.own });
    expect(server.seen.length).toBe(before);
  });

  test('keeps what it took, for when the server is gone', async () => {
    const { keys } = await filled();
    const workspace = folder();
    await runIn(workspace, { trusted: [keys.trusted] });
    const { rmSync } = await import('node:fs');
    rmSync(join(workspace, 'out'), { recursive: true });
    faults = () => 'drop';
    const again = await runIn(workspace, { trusted: [keys.trusted] });
    expect(again.statuses['make:kernel']).toBe('restored');
    expect(warnings(again)).toEqual([]);
  });

  test('runs a step that is forced, whatever the server has', async () => {
    const { keys } = await filled();
    const [workspace, ran]: [string, string[]] = [folder(), []];
    const share = shareWith({ url: server.address, workspace, trusted: [keys.trusted] });
    await run({ workspace, steps: pipeline(ran), share, selection: { force: ['make:data'] } });
    expect(ran).toContain('make:data');
    expect(ran).not.toContain('make:kernel');
  });

  test('touches no network with --offline', async () => {
    const { keys } = await filled();
    const [workspace, before] = [folder(), server.seen.length];
    const share = shareWith({ url: server.address, workspace, trusted: [keys.trusted], signingKey: keys.own });
    await run({ workspace, steps: pipeline([]), share, offline: true });
    expect(server.seen.length).toBe(before);
  });
});

describe('nothing from the server is believed', () => {
  test('a record signed by somebody else is refused and named, and the step runs', async () => {
    const stranger = keyPair(folder());
    await filled(stranger);
    const ran: string[] = [];
    const second = await runIn(folder(), { ran, trusted: [keyPair(folder()).trusted] });
    expect(ran).toContain('make:kernel');
    const refusal = warnings(second).find((text) => text.includes('make:kernel'));
    expect(refusal).toContain(`is signed by the key ${stranger.own.id}, whom no --trust names`);
  });

  test('the record of one result does not pass for another', async () => {
    const { keys } = await filled();
    const [first, ...others] = [...server.objects.keys()].filter((path) => path.startsWith('/ac/'));
    const bytes = server.objects.get(first ?? '');
    others.forEach((path) => bytes && server.objects.set(path, bytes));
    const second = await runIn(folder(), { trusted: [keys.trusted] });
    expect(Object.values(second.statuses).filter((status) => status === 'restored')).toHaveLength(1);
    expect(warnings(second).filter((text) => text.includes('is the record of another result'))).toHaveLength(2);
  });

  test('other bytes under a digest cost a run of the step and one warning', async () => {
    const { keys } = await filled();
    for (const path of server.objects.keys()) {
      if (path.startsWith('/cas/')) {
        server.objects.set(path, Buffer.from('something else'));
      }
    }
    const [workspace, ran]: [string, string[]] = [folder(), []];
    const second = await runIn(workspace, { ran, trusted: [keys.trusted] });
    expect(second.failures).toEqual([]);
    expect(ran).toContain('make:kernel');
    expect(readFileSync(join(workspace, 'out/tiny/make-kernel/out'), 'utf8')).toBe(`made of ${SOURCE}`);
    expect(warnings(second)).toHaveLength(1);
  });

  test('what went bad on the server is put right by who makes it anew', async () => {
    const { keys } = await filled();
    // The last one: the first is the empty log, which every workspace has.
    const path = [...server.objects.keys()].filter((each) => each.startsWith('/cas/')).at(-1) ?? '';
    server.objects.set(path, Buffer.from('gone bad'));
    await runIn(folder(), { trusted: [keys.trusted], signingKey: keys.own });
    const third = await runIn(folder(), { trusted: [keys.trusted] });
    expect(warnings(third)).toEqual([]);
    expect(third.statuses).toMatchObject({
      'fetch:kernel': 'restored',
      'make:kernel': 'restored',
      'make:data': 'restored',
    });
  });

  test.each([
    ['drop', 'the shared cache'],
    ['break', 'answered 500'],
    ['silence', 'is too slow'],
    ['drip', 'is too slow'],
    ['flood', 'than the'],
    ['truncate', 'the shared cache'],
  ] as const)('a server with the fault "%s" costs a miss and one warning', async (fault, words) => {
    const { keys } = await filled();
    faults = () => fault;
    const ran: string[] = [];
    const isSlow = fault === 'silence' || fault === 'drip';
    const patience = isSlow
      ? { connect: 200, stall: 200, base: 400, leastBytesPerSecond: 1e9 }
      : { connect: 5000, stall: 5000, base: 10_000, leastBytesPerSecond: 1e9 };
    const second = await runIn(folder(), { ran, trusted: [keys.trusted], patience });
    expect(second.failures).toEqual([]);
    expect(ran).toContain('make:kernel');
    expect(warnings(second)).toHaveLength(1);
    expect(warnings(second)[0]).toContain(words);
  });

  test('a server that is not there is left alone after a few tries', async () => {
    const { keys } = await filled();
    faults = () => 'drop';
    const before = server.seen.length;
    const steps = Array.from({ length: 30 }, (_, index) => sharedStep({ name: `make:part${index}` }));
    const second = await runIn(folder(), { steps, trusted: [keys.trusted], manner: { atOnce: 1 } });
    expect(second.failures).toEqual([]);
    expect(server.seen.length - before).toBeLessThan(10);
    expect(warnings(second)).toHaveLength(1);
  });
});

describe('what is sent', () => {
  test('is compressed where that saves something, and found by the digest of the bytes that lie there', async () => {
    const { createHash } = await import('node:crypto');
    await filled();
    const blobs = [...server.objects].filter(([path]) => path.startsWith('/cas/'));
    for (const [path, bytes] of blobs) {
      expect(path).toBe(`/cas/${createHash('sha256').update(bytes).digest('hex')}`);
    }
    const total = blobs.reduce((sum, [, bytes]) => sum + bytes.length, 0);
    expect(total).toBeLessThan(SOURCE.length / 4);
  });

  test('is not sent a second time', async () => {
    const { keys } = await filled();
    const before = server.seen.length;
    await runIn(folder(), { signingKey: keys.own });
    const puts = server.seen.slice(before).filter(({ method }) => method === 'PUT');
    expect(puts.every(({ path }) => path.startsWith('/ac/'))).toBe(true);
  });

  test('waits while something is timed, and is all there when the run ends', async () => {
    // Loads what sends, which would take longer than what is timed here.
    const { keys } = await filled();
    server.objects.clear();
    let [isTimed, disturbed] = [false, 0];
    faults = () => {
      disturbed += isTimed ? 1 : 0;
      return 'delay';
    };
    const timed: Step = tinyStep({
      name: 'measure',
      upstream: ['make:kernel'],
      lane: 'exclusive',
      run: async (context) => {
        isTimed = true;
        await new Promise((resolve) => setTimeout(resolve, 150));
        isTimed = false;
        writeFileSync(context.output('out'), 'measured');
        return { ok: true, value: undefined };
      },
    });
    const steps = [...pipeline([]).filter(({ name }) => name !== 'measure'), timed];
    const first = await runIn(folder(), { steps, signingKey: keys.own });
    expect(first.failures).toEqual([]);
    expect(disturbed).toBe(0);
    const second = await runIn(folder(), { trusted: [keys.trusted] });
    expect(second.statuses['make:kernel']).toBe('restored');
    expect(first.events).toContainEqual(
      expect.objectContaining({ event: 'notice', level: 'info', text: expect.stringMatching(/^3 results sent to /) }),
    );
  });

  test('never goes above the number of requests at once', async () => {
    const keys = keyPair(folder());
    const names = Array.from({ length: 60 }, (_, index) => [`file${index}`, `text ${index}`]);
    const steps = [sharedStep({ name: 'make:many', folder: Object.fromEntries(names) as Record<string, string> })];
    await runIn(folder(), { steps, signingKey: keys.own });
    faults = () => 'delay';
    const second = await runIn(folder(), { steps, trusted: [keys.trusted], manner: { atOnce: 4 } });
    expect(second.statuses['make:many']).toBe('restored');
    expect(server.mostAtOnce()).toBeLessThanOrEqual(4);
    expect(server.mostAtOnce()).toBeGreaterThan(1);
  });

  test('is left behind at once when the run is interrupted', async () => {
    const keys = keyPair(folder());
    faults = () => 'silence';
    const interruption = new AbortController();
    const workspace = folder();
    const patience = { connect: 60_000, stall: 60_000, base: 60_000, leastBytesPerSecond: 1 };
    const share = shareWith({ url: server.address, workspace, signingKey: keys.own, patience });
    const stop = setTimeout(() => interruption.abort('SIGINT'), 1500);
    const started = performance.now();
    await run({ workspace, steps: pipeline([]), share, signal: interruption.signal });
    clearTimeout(stop);
    expect(performance.now() - started).toBeGreaterThan(1000);
    // Of a minute that it would wait.
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test('is given up without a failure where the server takes nothing', async () => {
    const keys = keyPair(folder());
    faults = (method) => (method === 'PUT' ? 'break' : 'none');
    const first = await runIn(folder(), { signingKey: keys.own });
    expect(first.failures).toEqual([]);
    expect(warnings(first)).toHaveLength(1);
    expect(server.objects.size).toBe(0);
  });
});
