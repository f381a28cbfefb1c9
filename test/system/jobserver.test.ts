import { join } from 'node:path';
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MakeSlot } from '../../src/core/step.js';
import { runCommand } from '../../src/system/command.js';
import { Jobserver } from '../../src/system/jobserver.js';
import { removeFolder, temporaryFolder, writeFiles } from '../rig/context.js';

let folder = '';
let server: Jobserver;
const never = new AbortController().signal;

beforeEach(async () => {
  folder = temporaryFolder();
  server = await open(3);
});
afterEach(() => {
  server.close();
  removeFolder(folder);
});

async function open(total: number): Promise<Jobserver> {
  const opened = await Jobserver.open(total);
  if (!opened.ok) {
    throw new Error(opened.failure.reason);
  }
  return opened.value;
}

/** A Makefile whose jobs note how many of them run at once. */
function writeJobs(name: string, count: number): void {
  const targets = Array.from({ length: count }, (_, i) => `t${i}`).join(' ');
  const recipe = `touch ../live/${name}$@; ls ../live | wc -l >> ../seen; sleep 0.05; rm ../live/${name}$@`;
  writeFiles(folder, { [`${name}/Makefile`]: `all: ${targets}\n${targets}:\n\t@${recipe}\n`, 'live/.keep': '' });
}

async function make(slot: MakeSlot, name: string, signal = never): Promise<string> {
  const result = await runCommand({
    program: 'make',
    arguments: [],
    folder: join(folder, name),
    environment: { MAKEFLAGS: slot.makeflags },
    descriptors: [slot.descriptor, slot.descriptor],
    signal,
  });
  slot.release();
  return result.ok ? result.value.stderr : result.failure.reason;
}

const mostAtOnce = () => Math.max(...readFileSync(join(folder, 'seen'), 'utf8').trim().split('\n').map(Number));

test('two makes side by side never run more jobs than the budget, and use all of it', async () => {
  writeJobs('a', 12);
  writeJobs('b', 12);
  const slots = await Promise.all([server.forMake(never), server.forMake(never)]);
  const said = await Promise.all([make(slots[0], 'a'), make(slots[1], 'b')]);
  expect(said).toEqual(['', '']);
  expect(mostAtOnce()).toBe(3);
});

test('one make alone gets the whole budget', async () => {
  writeJobs('a', 12);
  expect(await make(await server.forMake(never), 'a')).toBe('');
  expect(mostAtOnce()).toBe(3);
});

test('a tool without a jobserver gets what is free, and the next one waits for a job', async () => {
  const slot = await server.forMake(never);
  const other = await server.forOther(never);
  expect(other.jobs).toBe(2);
  let came = false;
  const waiting = server.forMake(never).then((next) => {
    came = true;
    return next;
  });
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(came).toBe(false);
  other.release();
  (await waiting).release();
  slot.release();
  expect((await server.forOther(never)).jobs).toBe(3);
});

test('jobs that an interrupted make took with it come back', async () => {
  writeFiles(folder, { 'slow/Makefile': 'all: a b c\na b c:\n\t@sleep 60\n' });
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 300);
  expect(await make(await server.forMake(never), 'slow', abort.signal)).toBe('interrupted');
  expect((await server.forOther(never)).jobs).toBe(3);
});

test('releasing twice gives no job away twice', async () => {
  const slot = await server.forOther(never);
  slot.release();
  slot.release();
  expect((await server.forOther(never)).jobs).toBe(3);
});

test('an interrupt ends the wait for a job', async () => {
  const all = await server.forOther(never);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  const slot = await server.forMake(abort.signal);
  slot.release();
  all.release();
  expect((await server.forOther(never)).jobs).toBe(3);
});

test('nothing of the pipe stays in the temporary folder', () => {
  expect(readdirSync(folder).filter((name) => name.includes('jobs'))).toEqual([]);
});
