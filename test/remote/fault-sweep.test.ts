import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolders } from '../rig/folder.js';
import { startObjectServer, type Fault } from '../rig/object-server.js';
import { run } from '../rig/pipeline.js';
import { keyPair, sharedStep, shareWith } from '../rig/share.js';

const folder = temporaryFolders();
const REQUESTS = 300;
const FAULTS: readonly Fault[] = ['drop', 'delay', 'truncate', 'corrupt', 'break'];

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

test('a server that drops, delays, truncates, corrupts and breaks at random gives no wrong byte and fails no run', async () => {
  const next = numbers(7);
  const pick = (): Fault => (next() < 0.4 ? (FAULTS[Math.floor(next() * FAULTS.length)] ?? 'none') : 'none');
  const server = await startObjectServer(pick);
  const keys = keyPair(folder());
  const texts = Array.from({ length: 6 }, (_, index) => `the text of part ${index}\n`.repeat(40 * (index + 1)));
  const steps = texts.map((text, index) => sharedStep({ name: `make:part${index}`, text: () => text }));
  let restored = 0;
  try {
    while (server.seen.length < REQUESTS) {
      const workspace = folder();
      const manner = { restMilliseconds: 20 };
      const wish = { url: server.address, workspace, trusted: [keys.trusted], signingKey: keys.own, manner };
      const ran = await run({ workspace, steps, share: shareWith(wish) });
      expect(ran.failures).toEqual([]);
      texts.forEach((text, index) => {
        expect(readFileSync(join(workspace, `out/tiny/make-part${index}/out`), 'utf8')).toBe(text);
      });
      const troubles = ran.events.filter((event) => event.event === 'notice' && event.text.includes('is made here'));
      expect(troubles.length).toBeLessThanOrEqual(1);
      restored += Object.values(ran.statuses).filter((status) => status === 'restored').length;
    }
  } finally {
    await server.close();
  }
  // Without a hit, nothing would have been tried.
  expect(restored).toBeGreaterThan(0);
  expect(new Set(server.seen.map(({ fault }) => fault)).size).toBe(FAULTS.length + 1);
});
