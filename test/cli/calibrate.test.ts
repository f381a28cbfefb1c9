import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CalibrationDocument } from '../../src/report/calibration.js';
import { bootlap, type Called } from '../rig/cli.js';
import { writeFinishedFiles } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

/** A recipe of finished files whose hypervisor takes 50 ms to user space. */
function recipe(measure = '{ method: exit, boots: 12, warmup: 1 }'): {
  base: string;
  call: (...words: string[]) => Promise<Called>;
  boots: () => number;
} {
  const base = folder();
  const body = `
echo "$port" >> ${base}/booted
case "$port" in
  0xf5) sleep 0.02; exit 3 ;;
  0xf6) sleep 0.05; exit 5 ;;
esac`;
  writeFinishedFiles(base, { body, measure });
  return {
    base,
    call: (...words) => bootlap(['calibrate', './fake.yaml', ...words, '--workspace', 'w'], { folder: base }),
    boots: () => readFileSync(join(base, 'booted'), 'utf8').trim().split('\n').length,
  };
}

describe('a VM that is compared with itself', () => {
  test('tells what this machine sees, within 80 columns, and is booted once for that', async () => {
    const { base, call, boots } = recipe();
    const { status, stdout, stderr } = await call();
    expect(stderr).toBe('');
    // How noisy the machine of a test is nobody knows.
    expect([0, 3]).toContain(status);
    const shown = stdout.slice(stdout.indexOf('fake against itself: 12 boots a side, interleaved, method exit'));
    expect(shown).toMatch(/^total .* (yes|NO)$/m);
    expect(shown).toMatch(/^(fit|not fit)/m);
    const report = /^report: (\S+calibration\.md)$/m.exec(shown)?.[1] ?? '';
    expect(readFileSync(report, 'utf8')).toMatch(/^# fake: calibration/);
    const widths = shown.split('\n').map((line) => line.replace(/^(recorded|report).*/, '').length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);

    // The probe, then two sides of two points with their warm-up.
    expect(boots()).toBe(2 + 2 * 2 * 13);
    const again = await call();
    expect(again.stdout).toContain('nothing has changed since; --force boots again');
    expect({ status: again.status, boots: boots() }).toEqual({ status, boots: 2 + 2 * 2 * 13 });
    await call('--force');
    expect(boots()).toBe(2 + 2 * 2 * 2 * 13);
    // It is built in one place only.
    expect(readdirSync(join(base, 'w', 'out')).sort()).toEqual(['calibrate', 'fake']);
  }, 60_000);

  test('gets the boots that it is told, also where the recipe boots until it is precise', async () => {
    const { call, boots } = recipe('{ method: exit, until: 0.001%, max-boots: 500, warmup: 0 }');
    const { stdout } = await call('--json', '--boots', '10');
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CalibrationDocument;
    expect({ boots: boots(), bootsASide: last.bootsASide }).toEqual({ boots: 2 + 40, bootsASide: 10 });
    expect(last.set).toEqual(['measure.boots=10', 'measure.until=null']);
  }, 60_000);

  test('with --json is one line, the same as is kept beside its Markdown', async () => {
    const { call, boots } = recipe();
    const { stdout } = await call('--json', '--boots', '10');
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    const { event, folder: kept, ...document } = last;
    expect(event).toBe('calibration');
    expect(JSON.parse(readFileSync(join(String(kept), 'calibration.json'), 'utf8'))).toEqual(document);
    const markdown = readFileSync(join(String(kept), 'calibration.md'), 'utf8');
    expect(markdown).toMatch(/^# fake: calibration/);
    const { rows, bootsASide, seconds, host, schemaVersion } = document as unknown as CalibrationDocument;
    expect({ schemaVersion, bootsASide, boots: boots() }).toEqual({ schemaVersion: 1, bootsASide: 10, boots: 2 + 44 });
    expect(rows.map(({ kind, name }) => [kind, name])).toEqual([
      ['total', 'user-space'],
      ['phase', 'tQEMU'],
      ['phase', 'tKernel'],
    ]);
    // A boot of a side is one to each of two points, on both sides.
    expect(seconds.aBootOfASide / seconds.aBoot).toBeCloseTo(4);
    expect(host.activity?.seconds).toBeGreaterThan(1);
  }, 60_000);
});

test.each([
  [['--boots', '9'], '--boots 9 is not a whole number of at least 10'],
  [['--boots', 'many'], '--boots many is not'],
  [['--set', 'measure.boot=3'], 'measure.boot'],
])('%j is told with what would be right', async (words, complaint) => {
  const { status, stdout, stderr } = await recipe().call(...words);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(complaint);
});
