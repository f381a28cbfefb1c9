import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import type { Step } from '../../src/core/step.js';
import { temporaryFolders } from '../rig/folder.js';
import { run, tinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();

const STEPS: readonly Step[] = [
  tinyStep({ name: 'fetch:kernel', folder: { Makefile: 'all:', 'main.c': 'int main;' }, tools: ['cc'] }),
  tinyStep({ name: 'patch:kernel', params: { level: 1 }, text: () => 'patched' }),
  tinyStep({ name: 'make:kernel', upstream: ['patch:kernel'], text: (read) => `image of ${read.join('')}` }),
];

const EXPECTED: Readonly<Record<string, string>> = {
  'fetch-kernel/out/Makefile': 'all:',
  'fetch-kernel/out/main.c': 'int main;',
  'patch-kernel/out': 'patched',
  'make-kernel/out': 'image of patched',
};

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  'a flipped bit at the start': (path) => flip(path, 0),
  'a flipped bit in the middle': (path) => flip(path, 0.5),
  'a flipped bit at the end': (path) => flip(path, 1),
  'a file cut in half': (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)),
  'an empty file': (path) => truncateSync(path, 0),
  'a file that is gone': (path) => rmSync(path),
};

test.each(Object.keys(DAMAGES))('%s, in whichever file of the cache, never reaches an output', async (name) => {
  const base = folder();
  const pristine = join(base, 'pristine');
  await run({ workspace: pristine, steps: STEPS });
  const files = filesBelow(pristine).filter((path) => /^(cache|state|out)\//.test(path));
  expect(files.length).toBeGreaterThan(10);
  for (const [index, file] of files.entries()) {
    const workspace = join(base, `damaged-${index}`);
    cpSync(pristine, workspace, { recursive: true, preserveTimestamps: true });
    damage(join(workspace, file), DAMAGES[name]);
    if (!file.startsWith('out/')) {
      rmSync(join(workspace, 'out'), { recursive: true });
    }
    await run({ workspace, steps: STEPS });
    expect(outputsIn(workspace), `${name}: ${file}`).toEqual(EXPECTED);
    rmSync(workspace, { recursive: true });
  }
});

function damage(path: string, work: ((path: string) => void) | undefined): void {
  chmodSync(path, 0o644);
  work?.(path);
}

function flip(path: string, where: number): void {
  const bytes = readFileSync(path);
  const index = Math.max(0, Math.min(bytes.length - 1, Math.floor(bytes.length * where)));
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function outputsIn(workspace: string): Record<string, string> {
  const out = join(workspace, 'out/tiny');
  return Object.fromEntries(filesBelow(out).map((path) => [path, readFileSync(join(out, path), 'utf8')]));
}

function filesBelow(top: string): string[] {
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(top, join(entry.parentPath, entry.name)));
}
