import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootlap } from '../rig/cli.js';
import { startFaultProxy, type FaultProxy } from '../rig/fault-proxy.js';
import { temporaryFolders } from '../rig/folder.js';
import { startNginx, withoutNginx, type NginxRig } from '../rig/nginx.js';
import { run } from '../rig/pipeline.js';
import { keyPair, sharedStep, shareWith } from '../rig/share.js';
import { makeTinyProject } from '../rig/tiny-project.js';

const folder = temporaryFolders();
const LEAST_REQUESTS = 300;

/** Another one each time: what holds has to hold for all. BOOTLAP_FAULT_SEED repeats one. */
const seed = Number(process.env['BOOTLAP_FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** A generator of numbers below 1 that a seed determines (mulberry32). */
function numbers(): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe.skipIf(withoutNginx)('behind a proxy that drops, delays, truncates, corrupts and breaks at random', () => {
  let nginx: NginxRig;
  let proxy: FaultProxy;

  beforeAll(async () => {
    console.info(`BOOTLAP_FAULT_SEED=${seed}`);
    nginx = await startNginx(folder());
    proxy = await startFaultProxy({ server: nginx.address, next: numbers(), share: 0.4, mostMilliseconds: 800 });
  });
  afterAll(async () => {
    await proxy.close();
    await nginx.close();
  });

  test(`over ${LEAST_REQUESTS} requests no run fails, and no byte is wrong`, async () => {
    const keys = keyPair(folder());
    const authorization = `Basic ${Buffer.from(`${nginx.user}:${nginx.password}`).toString('base64')}`;
    const texts = Array.from({ length: 6 }, (_, index) => `the text of part ${index}\n`.repeat(400 * (index + 1)));
    const steps = texts.map((text, index) => sharedStep({ name: `make:part${index}`, text: () => text }));
    const manner = { restMilliseconds: 20 };
    const counts = { restored: 0, ran: 0 };
    const oneRun = async (workspace: string): Promise<void> => {
      const wish = { url: proxy.address, workspace, trusted: [keys.trusted], signingKey: keys.own };
      const ran = await run({ workspace, steps, share: shareWith({ ...wish, authorization, manner }) });
      expect(ran.failures).toEqual([]);
      texts.forEach((text, index) => {
        expect(readFileSync(join(workspace, `out/tiny/make-part${index}/out`), 'utf8')).toBe(text);
      });
      const said = ran.events.flatMap((event) => (event.event === 'notice' ? [event.text] : []));
      const troubles = said.filter((text) => /^the shared cache .*(is made here|by a later run)$/.test(text));
      expect(troubles.length).toBeLessThanOrEqual(1);
      ran.steps.forEach(({ status }) => (counts[status as 'restored' | 'ran'] += 1));
    };
    while (proxy.requests() < LEAST_REQUESTS) {
      const workspaces = [folder(), folder()];
      await Promise.all(workspaces.map(oneRun));
      // A workspace in which all is made, and whose memory of what it has sent is gone, asks and sends once more.
      for (const workspace of workspaces) {
        rmSync(join(workspace, 'state', 'shared'), { recursive: true, force: true });
        await oneRun(workspace);
        rmSync(workspace, { recursive: true });
      }
    }
    // Without both, nothing would have been tried.
    expect(counts.restored).toBeGreaterThan(0);
    expect(counts.ran).toBeGreaterThan(0);
    Object.entries(proxy.mishaps()).forEach(([mishap, times]) => expect(times, mishap).toBeGreaterThanOrEqual(5));
  }, 120_000);

  test('bootlap run makes the right firmware, workspace after workspace, and says at most once what is wrong', async () => {
    const base = folder();
    makeTinyProject(base);
    await bootlap(['keygen', '--out', 'team'], { folder: base });
    const login = `machine 127.0.0.1 login ${nginx.user} password ${nginx.password}\n`;
    writeFileSync(join(base, '.netrc'), login, { mode: 0o600 });
    const where = ['--remote-cache', `${proxy.address}/command`, '--remote-cache-key', 'team.key'];
    const before = proxy.requests();
    for (const workspace of ['one', 'two', 'three', 'four']) {
      const words = ['run', './tiny.yaml', '--until', 'make:firmware', '--workspace', workspace, ...where];
      const called = await bootlap(words, { folder: base, environment: { HOME: base } });
      expect(called, called.stdout).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(join(base, workspace, 'out/tiny/make-firmware/bios.bin'), 'utf8')).toBe('1\n');
      expect(called.stdout.match(/warning: the shared cache /g)?.length ?? 0).toBeLessThanOrEqual(1);
    }
    expect(proxy.requests()).toBeGreaterThan(before + 10);
  }, 120_000);
});
