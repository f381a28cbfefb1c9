import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ComparisonDocument } from '../../src/report/comparison.js';
import { bootlap, builtCli, type Called } from '../rig/cli.js';
import { writeFinishedFiles } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';
import { writeMeasured, type Truth } from '../rig/measured.js';

const folder = temporaryFolders();

const SLOWER: Truth = { seed: 2, milliseconds: { 'user-space': 1942.5 } };

describe('two measurements', () => {
  /** A folder with a measurement `a` and another one `b`, and a call of `compare` in it. */
  function measured(b: Truth, a: Truth = {}): { base: string; call: (...words: string[]) => Promise<Called> } {
    const base = folder();
    writeMeasured(join(base, 'a'), a);
    writeMeasured(join(base, 'b'), { seed: 2, ...b });
    return { base, call: (...words) => bootlap(['compare', ...words, '--workspace', 'w'], { folder: base }) };
  }

  test('are named by their folder or their summary, and the comparison is shown and kept', async () => {
    const { base, call } = measured(SLOWER);
    const { status, stdout, stderr } = await call('a', './b/summary.json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^tKernel .* slower$/m);
    expect(stdout).toContain('B is slower than A to user-space');
    expect(
      Math.max(...stdout.split('\n').map((line) => line.replace(/^(recorded|report:).*/, '').length)),
    ).toBeLessThanOrEqual(80);
    const [run = ''] = readdirSync(join(base, 'w', 'runs')).filter((name) => name !== 'latest-compare');
    expect(run).toMatch(/-compare-/);
    const document = JSON.parse(
      readFileSync(join(base, 'w', 'runs', run, 'compare.json'), 'utf8'),
    ) as ComparisonDocument;
    expect(document).toMatchObject({ schemaVersion: 1, interleaved: false, total: 'user-space', a: { name: 'a' } });
    expect(readFileSync(join(base, 'w', 'runs', run, 'compare.md'), 'utf8')).toContain('| **slower** |');
    const page = join(base, 'w', 'runs', run, 'compare.html');
    expect(stdout).toContain(`report: ${page}\n`);
    expect(readFileSync(page, 'utf8')).toContain('bootlap compare a ./b/summary.json');
    expect(readFileSync(join(base, 'w', 'runs', run, 'compare.svg'), 'utf8')).toMatch(/^<svg [^>]*width="800"/);
  });

  test('are named by the id of their run, or as the latest one, which no comparison ever is', async () => {
    const { base, call } = measured(SLOWER);
    await call('a', 'b');
    const runs = join(base, 'w', 'runs');
    renameSync(join(base, 'a'), join(runs, '20260102T030405Z-guest-0001'));
    renameSync(join(base, 'b'), join(runs, '20260102T030406Z-guest-0002'));
    const { status, stdout } = await call('20260102T030405Z-guest-0001', 'latest');
    expect(status).toBe(0);
    expect(stdout).toContain('A  20260102T030405Z-guest-0001:');
    expect(stdout).toContain('B  20260102T030406Z-guest-0002:');
    expect((await call('20260102T030405Z-guest-0001', 'latets')).stderr).toContain('did you mean "latest"?');
    // The newest comparison has a name of its own.
    expect(readFileSync(join(runs, 'latest-compare', 'compare.md'), 'utf8')).toContain('20260102T030406Z-guest-0002');
    expect(existsSync(join(runs, 'latest'))).toBe(false);
  });

  test('with --json are one line, the same as is kept', async () => {
    const { call } = measured(SLOWER);
    const { stdout } = await call('a', 'b', '--json', '--fail-if', 'total > 50%');
    const { event, folder: kept, ...document } = JSON.parse(stdout) as Record<string, unknown>;
    expect(event).toBe('comparison');
    expect(JSON.parse(readFileSync(join(String(kept), 'compare.json'), 'utf8'))).toEqual(document);
  });

  test.each([
    [['--fail-if', 'tKernel > +3%'], 10, 'tKernel > +3%'],
    [['--fail-if', 'tKernel > +90%'], 0, ''],
    [['--fail-if', 'total > +90ms'], 11, 'the boots do not tell'],
    [['--fail-if', 'total > +90ms', '--fail-if', 'tKernel > +3%'], 10, 'the boots do not tell'],
    [['--fail-if', 'tQEMU > +50%', '--fail-if', 'tFW > +2ms'], 0, ''],
  ])('%j ends with %i', async (words, expected, text) => {
    const { call } = measured(SLOWER);
    const { status, stderr } = await call('a', 'b', ...words);
    expect(status).toBe(expected);
    expect(stderr).toContain(text);
  });

  test('of different conditions are refused with the field and both values, unless that is allowed', async () => {
    const { base, call } = measured({ ...SLOWER, record: { memoryMib: 256 } });
    const refused = await call('a', 'b');
    expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status: 5, stdout: '' });
    expect(refused.stderr).toContain('machine.memory: 512 MiB in A, 256 MiB in B');
    expect(refused.stderr).toContain('--allow-different');
    expect(existsSync(join(base, 'w'))).toBe(false);
    const allowed = await call('a', 'b', '--allow-different');
    expect(allowed.status).toBe(0);
    expect(allowed.stdout).toContain('machine.memory: 512 MiB in A, 256 MiB in B\ncompared all the same');
    const kept = join(base, 'w', 'runs', 'latest-compare');
    expect(readFileSync(join(kept, 'compare.md'), 'utf8')).toContain('compared all the same');
    expect(readFileSync(join(kept, 'compare.html'), 'utf8')).toContain('--allow-different');
  });

  test.each([
    [['a', 'gone'], 'gone" is no run, no summary.json and no recipe', 'name a run'],
    [['a', 'stokc'], 'stokc" is no run', 'did you mean "stock"?'],
    [['a'], 'nothing to compare this measurement with', 'name two measurements'],
    [['a', 'stock'], 'cannot be measured together', 'two recipes'],
    [['stock'], 'nothing to compare stock with', '--set-b machine.memory=256'],
    [['a', 'b', '--set-b', 'machine.memory=64'], 'machine.memory=64 cannot be set', 'two recipes'],
    [['a', 'b', '--fail-if', 'tKernal > 3%'], 'no phase or point "tKernal"', 'did you mean "tKernel"?'],
    [['a', 'b', '--fail-if', 'tKernel 3%'], 'no limit that can be checked', "'tKernel > +3%'"],
    [['a', 'b', '--threshold', 'much'], '--threshold much', '--threshold 1%'],
    [['stock', '--set-b', 'machine.memory=64', '--fail-if', 'tKernal > 3%'], '"tKernal"', 'did you mean "tKernel"?'],
  ])('%j is told with what would be right', async (words, complaint, advice) => {
    const { status, stdout, stderr } = await measured({}).call(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(complaint);
    expect(stderr.slice(stderr.indexOf('next:')).replaceAll(/\s+/g, ' ')).toContain(advice);
  });

  test.each([
    ['samples.ndjson', undefined, 'there is no samples.ndjson'],
    ['summary.json', '{', 'it is no JSON'],
    ['summary.json', '{"name":"x"}', 'it is no summary that bootlap wrote'],
    ['summary.json', '{"schemaVersion":1,"unit":"ns"}', 'it is of version 1'],
    ['summary.json', '{"schemaVersion":2,"unit":"ns","recipe":{"name":"x"}}', 'it has no recipe.description'],
  ])('%s that is not as it has to be is named: %s', async (name, content, complaint) => {
    const { base, call } = measured({});
    const file = join(base, 'b', name);
    rmSync(file);
    if (content !== undefined) {
      writeFileSync(file, content);
    }
    const { status, stderr } = await call('a', 'b');
    expect(status).toBe(2);
    expect(stderr).toContain(file);
    expect(stderr).toContain(complaint);
  });
});

describe('two recipes', () => {
  const SLOW = ['--set-b', 'machine.cpu=slow'];

  /** A recipe of finished files whose hypervisor takes 100 ms to user space, and 160 ms with the CPU model `slow`. */
  function recipe(before = ''): { base: string; call: (...words: string[]) => Promise<Called>; boots: () => string[] } {
    const base = folder();
    const body = `${before}
echo "$cpu $port" >> ${base}/booted
case "$port" in
  0xf5) sleep 0.02; exit 3 ;;
  0xf6) [ "$cpu" != slow ] || sleep 0.06; sleep 0.1; exit 5 ;;
esac`;
    writeFinishedFiles(base, { body, cpu: 'fast', measure: '{ method: exit, boots: 12, warmup: 1 }' });
    return {
      base,
      call: (...words) => bootlap(['compare', ...words, '--workspace', 'w'], { folder: base }),
      boots: () => readFileSync(join(base, 'booted'), 'utf8').trim().split('\n'),
    };
  }

  test('are built and booted interleaved; what is slower is found, and what is equal is not called so', async () => {
    const { base, call, boots } = recipe();
    const slower = await call('./fake.yaml', ...SLOW, '--fail-if', 'total > +5%');
    expect(slower.status).toBe(10);
    expect(slower.stdout).toMatch(/^user-space .* slower$/m);
    expect(slower.stdout).toContain('machine.cpu: fast in A, slow in B');
    expect(slower.stdout).not.toContain('compared all the same');
    // After the two probes of two points each, never more of one kind in a row than two blocks can have.
    const timed = boots().slice(4);
    expect(timed).toHaveLength(2 * 2 * 13);
    for (let block = 0; block < timed.length; block += 4) {
      expect(timed.slice(block, block + 4).sort()).toEqual(['fast 0xf5', 'fast 0xf6', 'slow 0xf5', 'slow 0xf6']);
    }
    const run = join(base, 'w', 'runs', 'latest-compare');
    expect(readFileSync(join(run, 'samples.ndjson'), 'utf8')).toContain('"arm":"b"');
    expect(JSON.parse(readFileSync(join(run, 'compare.json'), 'utf8'))).toMatchObject({ interleaved: true });
    const page = readFileSync(join(run, 'compare.html'), 'utf8').replace(/\s+/g, ' ');
    expect(page).toContain('bootlap compare ./fake.yaml');
    for (const part of ['--set measure.boots=12', '--set-a machine.cpu=fast', '--set-b machine.cpu=slow']) {
      expect(page).toContain(`${part} `);
    }
    expect(page).toContain('failed: total &gt; +5%');
    // Where it is from, and every step's fingerprint.
    expect(page).toContain('make:stopwatch</th>');
    expect(page).toMatch(/<th scope="row">firmware<\/th>/);

    // Under load the boots of a shell script vary by much.
    const equal = await call('./fake.yaml', './fake.yaml', '--threshold', '20%');
    expect({ status: equal.status, stderr: equal.stderr }).toEqual({ status: 0, stderr: '' });
    // As often as chance has it, and so busy that 20 % is little, a difference is found: it is another one each time.
    const isCalled = (stdout: string, word: string): boolean =>
      new RegExp(`^(user-space|tKernel) .*${word}$`, 'm').test(stdout);
    for (const word of ['slower', 'faster'].filter((each) => isCalled(equal.stdout, each))) {
      const again = await call('./fake.yaml', './fake.yaml', '--threshold', '20%', '--force');
      expect(isCalled(again.stdout, word)).toBe(false);
    }
    expect(equal.stdout).toContain('A and B ran the same bytes on the same machine');
  });

  test('are booted again only where something has changed, or where that is asked for', async () => {
    const { base, call, boots } = recipe();
    const words = ['./fake.yaml', ...SLOW, '--set', 'measure.boots=4'];
    await call(...words);
    const first = boots().length;
    const again = await call(...words);
    expect(again.stdout).toContain('nothing has changed since; --force boots again');
    const page = (): string => readFileSync(join(base, 'w', 'runs', 'latest-compare', 'compare.html'), 'utf8');
    expect(page()).toContain('Measured before, 2');
    expect(boots()).toHaveLength(first);
    await call(...words, '--force');
    expect(boots()).toHaveLength(first + 2 * 2 * 5);
    expect(page()).not.toContain('easured before');
    await call(...words, '--set-b', 'machine.memory=64');
    expect(boots().length).toBeGreaterThan(first + 2 * 2 * 5);
  });

  test('leave each side as a measurement that can be compared by itself', async () => {
    const { call } = recipe();
    const { stdout } = await call('./fake.yaml', ...SLOW, '--set', 'measure.boots=4', '--json');
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { event: string; folder: string };
    expect(last.event).toBe('comparison');
    const id = last.folder.split('/').at(-1) ?? '';
    const sides = await call(`${id}/a`, `${id}/b`, '--allow-different');
    expect({ status: sides.status, stderr: sides.stderr }).toEqual({ status: 0, stderr: '' });
    expect(sides.stdout).toContain('measured one after the other');
  });

  test('are gone on with after a kill: no boot twice, none missing', async () => {
    const { base, call, boots } = recipe();
    const words = ['./fake.yaml', ...SLOW, '--set', 'measure.boots=6'];
    writeFileSync(
      join(base, 'vm', 'fake-hypervisor'),
      readFileSync(join(base, 'vm', 'fake-hypervisor'), 'utf8').replace(
        'case "$port" in\n  0xf5)',
        `if [ "$(wc -l < ${base}/booted)" = 20 ] && [ ! -e ${base}/killed ]; then touch ${base}/killed; kill -INT $(cat ${base}/pid); sleep 30; fi\ncase "$port" in\n  0xf5)`,
      ),
    );
    const killed = await bootlapWithPid(base, ['compare', ...words, '--workspace', 'w']);
    expect(killed).toBe(130);
    expect((await call(...words)).status).toBe(0);
    // Probes, all boots of both, and the one that was under way.
    expect(boots()).toHaveLength(4 + 2 * 2 * 7 + 1);
    const samples = readFileSync(join(base, 'w', 'runs', 'latest-compare', 'samples.ndjson'), 'utf8')
      .trim()
      .split('\n');
    expect(samples.map((line) => (JSON.parse(line) as { boot: number }).boot)).toEqual(
      samples.map((_, index) => index),
    );
    expect(samples.some((line) => line.includes('"session":2'))).toBe(true);
  });

  test('leave "latest" with the last run of a recipe, and their logs are found by step', async () => {
    const { base, call } = recipe();
    const here = (...words: string[]): Promise<Called> => bootlap([...words, '--workspace', 'w'], { folder: base });
    expect((await here('logs', 'compare', './fake.yaml')).stderr).toContain('compare has no log');
    await here('run', './fake.yaml', '--set', 'measure.boots=4');
    const runs = join(base, 'w', 'runs');
    const before = readlinkSync(join(runs, 'latest'));
    const probe = (await here('logs', 'probe', './fake.yaml', '--path')).stdout;
    expect(probe).toContain(before);

    await call('./fake.yaml', ...SLOW, '--set', 'measure.boots=4');
    expect(readlinkSync(join(runs, 'latest'))).toBe(before);
    const comparison = readlinkSync(join(runs, 'latest-compare'));
    expect(comparison).toMatch(/-compare-/);
    // B was probed last: its log is the newest of that step.
    const newest = await here('logs', 'probe', './fake.yaml', '--path');
    expect(newest.stdout).toMatch(/-fake\+b-\w+\/logs\/probe\.log/);
    expect((await here('logs', 'compare', './fake.yaml', '--path')).stdout).toContain(comparison);

    const held = await call(before, 'latest');
    expect(held.stdout).toContain(`A  ${before}:`);
    expect(held.stdout).toContain(`B  ${before}:`);
  });

  test('of which one does not boot are told as that, with the side', async () => {
    const { call } = recipe('[ "$cpu" != broken ] || exit 77');
    const { status, stdout, stderr } = await call('./fake.yaml', '--set-b', 'machine.cpu=broken');
    expect(status).toBe(5);
    expect(stdout).toContain('B: ./fake.yaml with machine.cpu=broken');
    expect(stderr).toContain('probe');
  });
});

/** Calls the command line with its process id in a file for the hypervisor; gives the exit status. */
async function bootlapWithPid(base: string, words: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [builtCli, ...words], { cwd: base, stdio: 'ignore' });
  writeFileSync(join(base, 'pid'), String(child.pid));
  await once(child, 'close');
  return child.exitCode;
}
