import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';
import '../rig/cli.js';
import { screenAfter } from '../rig/screen.js';

/** Plays the run on a pseudo-terminal of this width and gives every byte that reached it. */
function drawn(columns: number, environment: Record<string, string> = {}): string {
  const play = `stty cols ${columns} rows 24; exec ${process.execPath} ${join(packageFolder, 'test/rig/draw-run.mjs')} verbose`;
  const { PATH = '' } = process.env;
  const result = spawnSync('script', ['-qec', play, '/dev/null'], {
    encoding: 'utf8',
    env: { PATH, TERM: 'xterm', SHELL: '/bin/sh', ...environment },
    input: '',
  });
  expect(result.status, result.stderr).toBe(0);
  return result.stdout;
}

test('a terminal shows running steps in place and leaves one line for each that ended', () => {
  const output = drawn(60);
  expect(output).toContain('because tool cc: 12 -> 13');
  expect(output).toMatch(/0s of ~3m20s/);
  expect(output).toContain('│   CC    init/main.o xxx');
  expect(screenAfter(output)).toEqual([
    '✔ fetch:kernel   fresh',
    '✖ make:firmware  failed after 1.0s',
    '✔ make:kernel    done in 3m10s',
    '  ! hunk 1 went in 12 lines lower than the patch says,',
    '    which is rather far away',
    '↓ probe          skipped: make:firmware failed',
    '· that is all',
    'after',
  ]);
});

test('on a narrow terminal no line of the drawing is longer than it is wide', () => {
  const longest = Math.max(...screenAfter(drawn(32)).map((line) => line.length));
  expect(longest).toBeLessThanOrEqual(32);
});

test.each([
  ['a dumb terminal', { TERM: 'dumb' }],
  ['CI', { CI: 'true' }],
])('%s gets plain lines', (_name, environment) => {
  const output = drawn(80, environment);
  expect(output).toMatch(/^\[ +0\.0s\] fetch:kernel {3}fresh/);
  // eslint-disable-next-line no-control-regex
  expect(output).not.toMatch(/\u001B\[\??\d*[A-HJKSThl]/);
});

test('NO_COLOR leaves the drawing and takes the colours', () => {
  const output = drawn(80, { NO_COLOR: '1' });
  expect(output).toContain('\u001B[2K');
  // eslint-disable-next-line no-control-regex
  expect(output).not.toMatch(/\u001B\[3\dm/);
});
