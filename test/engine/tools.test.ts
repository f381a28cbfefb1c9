import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ToolVersions } from '../../src/engine/tools.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();
afterEach(() => vi.unstubAllEnvs());

/** A compiler with two names that, as GCC does, says by which it was called. */
function compilerOnPath(): string {
  const place = folder();
  const bin = join(place, 'bin');
  mkdirSync(bin);
  const script = '#!/bin/sh\necho "${0##*/} (Debian 12.2.0) 12.2.0"\n';
  writeFileSync(join(bin, 'compiler-12'), script, { mode: 0o755 });
  ['cc', 'gcc'].forEach((name) => symlinkSync('compiler-12', join(bin, name)));
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`);
  return place;
}

test.each([[['cc', 'gcc']], [['gcc', 'cc']], [['cc']], [['gcc']]])(
  'machines agree on a compiler, by whichever of its names (%j) each has met it first',
  async (names) => {
    const memory = join(compilerOnPath(), 'tools.json');
    await ToolVersions.load(memory).learn(names);
    const later = ToolVersions.load(memory);
    await later.learn(['cc', 'gcc']);
    expect(['cc', 'gcc'].map((name) => later.version(name))).toEqual(Array(2).fill('gcc (Debian 12.2.0) 12.2.0'));
  },
);
