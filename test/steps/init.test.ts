import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { digestFile } from '../../src/system/files.js';
import { initStep } from '../../src/steps/init.js';
import { VmBench } from '../rig/vm-step.js';

let bench: VmBench;

beforeEach(() => {
  bench = new VmBench();
});
afterEach(() => {
  vi.unstubAllEnvs();
  bench.remove();
});

async function built(into = bench): Promise<string> {
  const result = await into.run(initStep());
  if (!result.ok) {
    throw new Error(JSON.stringify(result.failure));
  }
  return into.path('make:init', 'initrd');
}

/** The program in the archive: its first member. */
async function program(): Promise<string> {
  const archive = readFileSync(await built());
  const size = Number.parseInt(archive.toString('latin1', 54, 62), 16);
  const path = join(bench.folder, 'program');
  writeFileSync(path, archive.subarray(116, 116 + size), { mode: 0o755 });
  return path;
}

test('two workspaces build the same bytes, so that their measurements share a fingerprint', async () => {
  const other = new VmBench();
  expect(digestFile(await built(other))).toBe(digestFile(await built()));
  other.remove();
});

test('no folder of the build is in it', async () => {
  const bytes = readFileSync(await built(), 'latin1');
  expect(bytes).not.toContain('bootlap-vm-');
  expect(bytes).not.toContain('init.c');
});

test('a changed source makes it stale', () => {
  expect(Object.keys(initStep().inputs.files)).toEqual(['src/native/init.c']);
});

test('the program needs no loader and no library, and one page of memory', async () => {
  const header = readFileSync(await program());
  const [type, programHeaders] = [header.readUInt16LE(16), header.readUInt16LE(56)];
  expect(type).toBe(2);
  const kinds = Array.from({ length: programHeaders }, (_, index) => header.readUInt32LE(64 + index * 56));
  expect(kinds.filter((kind) => kind === 1)).toHaveLength(1);
  expect(kinds).not.toContain(3);
  expect(header.length).toBeLessThan(4096);
});

test('without the right to the port it says so in the words that a failed measurement looks for, and ends', async () => {
  // Not as root: there the port could be had, and one of this machine would be written to.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const path = await program();
  chmodSync(bench.folder, 0o755);
  const ended = spawnSync(path, { encoding: 'utf8', cwd: '/', ...nobody });
  expect(ended.stdout).toMatch(
    /^bootlap init: (no ioperm and no iopl in this kernel|ioperm and iopl are refused): port 0xf7 cannot be reached\n$/,
  );
  expect(ended.status).toBe(1);
});

test('a compiler that cannot make it is named, and what it lacks', async () => {
  const tools = join(bench.folder, 'tools');
  mkdirSync(tools);
  const complaint = "cc1: error: unrecognized command-line option '-mgeneral-regs-only'";
  writeFileSync(join(tools, 'cc'), `#!/bin/sh\necho "${complaint}" >&2\nexit 1\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${tools}${delimiter}${process.env['PATH'] ?? ''}`);
  expect(await bench.run(initStep())).toMatchObject({
    ok: false,
    failure: { reason: 'compiler-unfit', compiler: 'cc', cannot: expect.stringContaining('static'), detail: complaint },
  });
});
