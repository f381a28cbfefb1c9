import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withoutCcache } from '../rig/ccache.js';
import { bootlap, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { startObjectServer } from '../rig/object-server.js';
import { makeTinyProject } from '../rig/tiny-project.js';

const folder = temporaryFolders();
const COMPILE = `printf 'int compiled = sizeof(int);' > c.c && gcc -O2 -c -o c.o c.c`;

type Run = (workspace: string, words?: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Called>;

function project(): { base: string; run: Run } {
  const base = folder();
  makeTinyProject(base, COMPILE);
  const fixed = ['run', './tiny.yaml', '--until', 'make:firmware', '--json', '--workspace'];
  const run: Run = (workspace, words = [], environment = {}) =>
    bootlap([...fixed, workspace, ...words], { folder: base, environment: { HOME: base, ...environment } });
  return { base, run };
}

function compiled({ stdout }: Called): unknown {
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const end = events.find(({ event, step }) => event === 'step' && step === 'make:firmware');
  expect(end?.['status']).toBe('ran');
  return end?.['compiled'];
}

const other = (value: number): string[] => ['--set', `firmware.build.variables={"V":"${value}"}`];

describe.skipIf(withoutCcache)('ccache', () => {
  test('serves the makes of a workspace, stands in the plan and in the record, and goes with cache gc', async () => {
    const { base, run } = project();
    const by: unknown = expect.stringMatching(/^ccache 4\.\d/);
    expect(compiled(await run('one'))).toEqual({ by, hits: 0, shared: 0, misses: 1 });
    expect(compiled(await run('one', other(2)))).toEqual({ by, hits: 1, shared: 0, misses: 0 });
    expect(readFileSync(join(base, 'one/runs/latest/run.json'), 'utf8')).toMatch(/"compiled": ?\{/);
    const plan = await bootlap(['plan', './tiny.yaml', ...other(3), '--workspace', 'one'], { folder: base });
    expect(plan.stdout).toMatch(/^compilations are looked up in ccache 4\.\S+, [\d.]+ kB$/m);
    const gc = await bootlap(['cache', 'gc', '--max-size', '1', '--workspace', 'one'], { folder: base });
    expect(gc.stdout).toContain('compilations of ccache');
    expect(existsSync(join(base, 'one/ccache/compilations'))).toBe(false);
    expect(compiled(await run('one', other(4)))).toMatchObject({ hits: 0, misses: 1 });
  });

  test('is left out by --no-ccache, by the environment, and by what the user has set for all runs', async () => {
    const { base, run } = project();
    expect(compiled(await run('one', ['--no-ccache']))).toBeUndefined();
    expect(compiled(await run('one', other(2), { BOOTLAP_CCACHE: 'off' }))).toBeUndefined();
    mkdirSync(join(base, 'xdg/bootlap'), { recursive: true });
    writeFileSync(join(base, 'xdg/bootlap/config.yaml'), 'ccache: off\n');
    const set = { XDG_CONFIG_HOME: join(base, 'xdg') };
    expect(compiled(await run('one', other(3), set))).toBeUndefined();
    expect(compiled(await run('one', other(4), { ...set, BOOTLAP_CCACHE: 'local' }))).toMatchObject({ misses: 1 });
    expect(existsSync(join(base, '.cache'))).toBe(false);
    expect(await run('one', [], { BOOTLAP_CCACHE: 'maybe' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('BOOTLAP_CCACHE is "maybe", which is none of on, local, off') as string,
    });
  });

  test('gets from the shared cache what a trusted machine has compiled, and only that', async () => {
    const { base, run } = project();
    const server = await startObjectServer();
    try {
      await bootlap(['keygen', '--out', 'team'], { folder: base });
      await bootlap(['keygen', '--out', 'stranger'], { folder: base });
      const where = ['--remote-cache', server.address];
      const first = await run('one', [...where, '--remote-cache-key', 'team.key']);
      expect(compiled(first)).toMatchObject({ misses: 1 });
      expect(first.stdout).toMatch(/\d entries of ccache sent to 127/);
      const trusting = await run('two', [...where, '--trust', 'team.pub', ...other(2)]);
      expect(compiled(trusting)).toMatchObject({ hits: 1, shared: 1, misses: 0 });
      const wary = await run('three', [...where, '--trust', 'stranger.pub', ...other(2)]);
      expect(compiled(wary)).toMatchObject({ hits: 0, shared: 0, misses: 1 });
      expect(wary.stdout).toMatch(
        /a compilation in the shared cache .* is signed by the key [0-9a-f]{64}, whom no --trust/,
      );
      const local = await run('four', [...where, '--trust', 'team.pub', ...other(2)], { BOOTLAP_CCACHE: 'local' });
      expect(compiled(local)).toMatchObject({ shared: 0, misses: 1 });
    } finally {
      await server.close();
    }
  });
});
