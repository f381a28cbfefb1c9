import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bootlap, builtCli, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { makeTinyProject } from '../rig/tiny-project.js';

const folder = temporaryFolders();

/** Calls a command in the project's folder, on its recipe and in its workspace `w`. */
function caller(base: string): (...words: string[]) => Promise<Called> {
  return (...words) => bootlap([...words, '--workspace', 'w'], { folder: base });
}

test('a run shows its steps, and a second one has nothing to do', async () => {
  const base = folder();
  makeTinyProject(base);
  const call = caller(base);
  const first = await call('run', './tiny.yaml', '--until', 'make:firmware');
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(first.stdout).toMatch(/make:firmware +starts: /);
  expect(first.stdout).toMatch(/make:firmware +done in /);
  expect(first.stdout).not.toContain('make:kernel');
  expect(first.stdout.trimEnd().endsWith(`recorded in ${realpathSync(join(base, 'w/runs/latest'))}`)).toBe(true);

  const second = await call('run', './tiny.yaml', '--until', 'make:firmware', '--json');
  const events = records(second.stdout);
  const ends = events.filter(({ event, status }) => event === 'step' && status !== 'skipped');
  expect(ends.map(({ status }) => status)).toEqual(['fresh', 'fresh', 'fresh', 'fresh']);
  expect(events.at(-1)).toMatchObject({ event: 'end', failures: [] });
});

test('plan, why, logs and graph speak of the same steps as the run', async () => {
  const base = folder();
  makeTinyProject(base);
  const call = caller(base);
  const plan = async (): Promise<unknown[]> => {
    const { stdout } = await call('plan', './tiny.yaml', '--until', 'make:firmware', '--json');
    return records(stdout).map(({ state }) => state);
  };
  expect(await plan()).toEqual(['stale', 'stale', 'stale', 'stale']);
  await call('run', './tiny.yaml', '--until', 'make:firmware');
  expect(await plan()).toEqual(['fresh', 'fresh', 'fresh', 'fresh']);
  expect((await call('why', 'make:firmware', './tiny.yaml')).stdout).toMatch(/^make:firmware is fresh/);
  const log = await call('logs', 'make:firmware', './tiny.yaml');
  expect(log.stdout).toContain('assembling the firmware');
  const { stdout: path } = await call('logs', 'make:firmware', './tiny.yaml', '--path');
  expect(readFileSync(path.trim(), 'utf8')).toBe(log.stdout);
  expect(await call('logs', 'probe', './tiny.yaml')).toMatchObject({ status: 2, stdout: '' });
  expect((await call('graph', './tiny.yaml')).stdout).toContain('["make:firmware"]');
});

test('the cache is listed, checked and emptied', async () => {
  const base = folder();
  makeTinyProject(base);
  const call = caller(base);
  await call('run', './tiny.yaml', '--until', 'make:firmware');
  expect((await call('cache', 'ls')).stdout).toMatch(/^make:firmware +\d+ B /m);
  expect((await call('cache', 'verify')).stdout).toContain('all are sound');
  expect((await call('cache', 'gc', '--max-size', '0')).stdout).toContain('removed result of make:firmware');
  expect((await call('cache', 'ls')).stdout).toBe('the cache is empty\n');
});

test('a failed make shows its last lines, the log and what to do, with exit status 1', async () => {
  const base = folder();
  makeTinyProject(base, 'echo the compiler is unhappy; exit 3');
  const { status, stderr } = await caller(base)('run', './tiny.yaml', '--until', 'make:firmware');
  expect(status).toBe(1);
  expect(stderr).toContain('✖ make:firmware: make failed with status 2');
  expect(stderr).toContain('│ the compiler is unhappy');
  expect(stderr).toContain('logs/make-firmware.log');
  expect(stderr).toMatch(/\n {2}next: /);
});

test('Ctrl-C ends what is running, says so, and exits with 130', async () => {
  const base = folder();
  const started = join(base, 'started');
  makeTinyProject(base, `touch ${started}; sleep 60 & echo $$! > ${started}; wait`);
  const child = spawn(
    process.execPath,
    [builtCli, 'run', './tiny.yaml', '--until', 'make:firmware', '--workspace', 'w'],
    { cwd: base },
  );
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await until(() => existsSync(started) && readFileSync(started, 'utf8').endsWith('\n'));
  child.kill('SIGINT');
  await once(child, 'close');
  expect(child.exitCode).toBe(130);
  expect(stdout).toContain('SIGINT: ending what is running');
  await until(() => !existsSync(`/proc/${readFileSync(started, 'utf8').trim()}`));
});

test('a second Ctrl-C ends at once, and leaves nothing running', async () => {
  const base = folder();
  const started = join(base, 'started');
  makeTinyProject(base, `trap '' TERM INT; (trap '' TERM INT; sleep 60) & echo $$! > ${started}; wait`);
  const child = spawn(
    process.execPath,
    [builtCli, 'run', './tiny.yaml', '--until', 'make:firmware', '--workspace', 'w'],
    { cwd: base },
  );
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await until(() => existsSync(started) && readFileSync(started, 'utf8').endsWith('\n'));
  child.kill('SIGINT');
  await until(() => stdout.includes('a second one ends at once'));
  child.kill('SIGINT');
  await once(child, 'exit');
  // What it ended by itself, after the first one's grace, it would have told.
  expect(stdout).not.toContain('make:firmware failed');
  expect(child.exitCode).toBe(130);
  await until(() => !existsSync(`/proc/${readFileSync(started, 'utf8').trim()}`));
});

test('a reader that goes away (plan | head -1) is no error', async () => {
  const base = folder();
  makeTinyProject(base);
  const child = spawn(process.execPath, [builtCli, 'plan', './tiny.yaml', '--workspace', 'w'], { cwd: base });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.destroy();
  await once(child, 'exit');
  expect({ status: child.exitCode, stderr }).toEqual({ status: 0, stderr: '' });
});

interface LineRecord {
  readonly event?: string;
  readonly status?: string;
  readonly state?: string;
}

function records(text: string): LineRecord[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LineRecord);
}

/** Waits until something holds; the test's time-out ends it where it never does. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await sleep(20);
  }
}
