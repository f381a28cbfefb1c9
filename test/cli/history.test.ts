import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHost } from '../../src/measure/host.js';
import type { History } from '../../src/report/history/history.js';
import { bootlap, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { pastRuns, writePastRuns, type PastTruth } from '../rig/past-runs.js';

const folder = temporaryFolders();

/** A workspace with so many runs of this machine, and a call of `history` on it. */
function world(
  count: number,
  truth: (index: number) => PastTruth = () => ({}),
): { base: string; ids: string[]; call: (...words: string[]) => Promise<Called> } {
  const base = folder();
  const host = readHost();
  const runs = pastRuns(count, (index) => {
    const wished = truth(index);
    return { ...wished, host: { ...host, ...wished.host } };
  });
  writePastRuns(join(base, 'w'), runs);
  return {
    base,
    ids: runs.map(({ id }) => id),
    call: (...words) => bootlap(['history', ...words, '--workspace', 'w'], { folder: base }),
  };
}

const SLOWER = (index: number): PastTruth => ({
  phases: [48, 8, index < 8 ? 1794 : 1884],
  inputs: { kernel: index < 8 ? 'a' : 'b' },
});

describe('a history', () => {
  test('of the recipe that ran last shows its runs, the change and its cause, without colours in a pipe', async () => {
    const { status, stdout, stderr } = await world(16, SLOWER).call();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^guest on this host: 16 runs from 2026-01-02 to 2026-01-17$/m);
    expect(stdout).toMatch(/^> slower: tKernel \+/m);
    expect(stdout).toContain('kernel: aaaaaaaaaaaa -> bbbbbbbbbbbb');
    expect(stdout).not.toContain('\u001B');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('is coloured where that is wished for', async () => {
    const { base } = world(16, SLOWER);
    const words = ['history', '--workspace', 'w'];
    const { stdout } = await bootlap(words, { folder: base, environment: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('\u001B[31m> slower');
  });

  test('with --json is one line, with every run, whatever the limit', async () => {
    const { ids, call } = world(16, SLOWER);
    const { stdout } = await call('guest', '--json', '--limit', '2');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const { event, ...history } = JSON.parse(stdout) as History & { readonly event: string };
    expect(event).toBe('history');
    expect(history.runs.map(({ id }) => id)).toEqual(ids);
    expect(history.changes.map(({ after }) => after)).toEqual([ids[8]]);
  });

  test('with --html is a page too, and writes nothing else', async () => {
    const { base, call } = world(16, SLOWER);
    const { status, stderr } = await call('--html', 'h.html');
    expect(status).toBe(0);
    expect(stderr).toContain(join(base, 'h.html'));
    expect(readFileSync(join(base, 'h.html'), 'utf8')).toContain('<h1>guest: boots over time</h1>');
    expect(readdirSync(base).sort()).toEqual(['h.html', 'w']);
    expect(readdirSync(join(base, 'w'))).toEqual(['runs']);
  });

  test('of one phase has that phase alone', async () => {
    const { stdout } = await world(8, (index) => ({ phases: [48, index < 4 ? 8 : 9, 1794] })).call('--phase', 'tFW');
    expect(stdout).toMatch(/^> slower: tFW \+/m);
    expect(stdout).not.toContain('tKernel');
  });

  test('is of runs like the newest, or like the one that is named', async () => {
    const { ids, call } = world(6, (index) => ({ memoryMib: index < 2 ? 256 : 512 }));
    expect((await call()).stdout).toContain('4 runs from');
    const { stdout } = await call('--like', ids[0] ?? '');
    expect(stdout).toContain('2 runs from');
    expect(stdout).toContain('256 MiB');
  });

  test('of a recipe that has a file is found by that file', async () => {
    const { base, call } = world(3);
    writeFileSync(join(base, 'mine.yaml'), 'extends: stock\nname: guest\n');
    expect((await call('./mine.yaml')).stdout).toContain('guest on this host: 3 runs');
  });

  test('leaves out what cannot be read, and says which; runs that measured nothing have none', async () => {
    const { base, call } = world(3);
    for (const [id, text] of [
      ['20260301T000000Z-guest-0001', '{'],
      ['20260302T000000Z-guest-0002', '{"schemaVersion":1,"unit":"ns"}'],
      ['20260303T000000Z-other-0003', 'null'],
    ] as const) {
      mkdirSync(join(base, 'w', 'runs', id));
      writeFileSync(join(base, 'w', 'runs', id, 'summary.json'), text);
    }
    mkdirSync(join(base, 'w', 'runs', '20260304T000000Z-guest-0004'));
    const { status, stdout } = await call();
    expect(status).toBe(0);
    const flat = stdout.replaceAll(/\s+/g, ' ');
    expect(flat).toContain('guest on this host: 3 runs');
    expect(flat).toContain('20260301T000000Z-guest-0001, whose summary.json cannot be read: it is no JSON');
    expect(flat).toContain('20260302T000000Z-guest-0002, whose summary.json cannot be read: it is of version 1');
    expect(flat).not.toContain('-other-');
  });
});

describe('what cannot be shown is told with what would be right', () => {
  test.each([
    [['gest'], 'no run of gest', 'did you mean "guest"?'],
    [['--phase', 'tKernle'], 'no phase "tKernle"', 'did you mean "tKernel"?'],
    [['--limit', 'all'], '--limit all', '--limit 50'],
    [['--like', '20260102T030405Z-guest-000'], 'is no run', '20260102T030405Z-guest-0000'],
  ])('%j', async (words, complaint, advice) => {
    const { status, stdout, stderr } = await world(2).call(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(complaint);
    expect(stderr.slice(stderr.indexOf('next:')).replaceAll(/\s+/g, ' ')).toContain(advice);
  });

  test('a workspace without a measurement', async () => {
    const { status, stderr } = await bootlap(['history', '--workspace', 'w'], { folder: folder() });
    expect(status).toBe(2);
    expect(stderr).toContain('there is no measurement');
    expect(stderr).toContain('bootlap run');
  });

  test('runs of another machine only', async () => {
    const { ids, call } = world(2, () => ({ host: { cpu: 'Another Processor' } }));
    const { status, stderr } = await call('guest');
    expect(status).toBe(2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('were measured on another machine (Another Processor)');
    expect((await call('--like', ids[1] ?? '')).stdout).toContain('2 runs');
  });
});
