import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SweepPlan } from '../../src/commands/sweep/document.js';
import { Post } from '../../src/commands/sweep/post.js';
import { httpStore } from '../../src/remote/http-store.js';
import { Mailbox } from '../../src/remote/mailbox.js';
import { temporaryFolders } from '../rig/folder.js';
import { keyPair } from '../rig/share.js';

const folder = temporaryFolders();

test('outcomes of many jobs are asked for side by side, so that none that has come is taken for lost', async () => {
  const place = folder();
  mkdirSync(join(place, 'arrived'));
  let [now, most, asked] = [0, 0, 0];
  const server = createServer((_, response) => {
    now += 1;
    asked += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      response.writeHead(404).end();
    }, 50);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const store = httpStore({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const { own, trusted } = keyPair(place);
  const mailbox = new Mailbox({ store, trusted: [trusted], signingKey: own, scratch: place });
  const sweep = { id: 'a', path: place };
  const post = new Post({ folder: sweep, plan: {} as SweepPlan, mailbox, tell: () => undefined });
  const places = Array.from({ length: 20 }, (_, index) => ({ number: 1, index }));
  expect(await post.fetch(places, new AbortController().signal)).toMatchObject({ ok: true });
  expect(asked).toBe(20);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
  server.close();
});
