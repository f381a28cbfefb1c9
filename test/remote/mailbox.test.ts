import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openMailbox } from '../../src/remote/open.js';
import { temporaryFolders } from '../rig/folder.js';
import { keyPair } from '../rig/share.js';

const folder = temporaryFolders();

test('a letter that could not be sent goes out soon after the server is there again, and trouble is told once', async () => {
  const place = folder();
  let isWell = false;
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(isWell ? 201 : 500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const opened = openMailbox({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    addressOf: 'recipe',
    isInsecure: false,
    mode: undefined,
    trust: [],
    key: keyPair(place).privateFile,
    scratch: place,
    memory: place,
    workingFolder: place,
  });
  if (!opened.ok) {
    throw new Error(JSON.stringify(opened.failure));
  }
  const warnings: string[] = [];
  const mailbox = opened.value((text) => warnings.push(text));
  const send = (): Promise<string | undefined> =>
    mailbox.send({ to: 'you' }, { text: 'hello', files: new Map() }, new AbortController().signal);
  for (let tries = 0; tries < 5; tries += 1) {
    expect(await send()).toBeDefined();
  }
  expect(warnings).toHaveLength(new Set(warnings).size);
  isWell = true;
  await expect.poll(send, { timeout: 30_000, interval: 500 }).toBeUndefined();
  server.close();
}, 40_000);
