import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeBundle, makeBundleProject } from '../rig/bundle-project.js';
import { bootlap, type Called } from '../rig/cli.js';
import { jobOutputs } from '../rig/job-log.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const base = mkdtempSync(join(tmpdir(), 'bootlap-ci-bundle-'));
const [summaryFile, outputFile] = [join(base, 'summary.md'), join(base, 'outputs')];

beforeAll(async () => {
  makeBundleProject(base);
  await makeBundle(base, 'w');
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

function inGithub(words: readonly string[], summary = summaryFile): Promise<Called> {
  [summaryFile, outputFile].forEach((file) => writeFileSync(file, ''));
  rmSync(join(base, 'j.xml'), { force: true });
  const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputFile };
  return bootlap([...words, '--workspace', 'w'], { folder: base, environment });
}

const outputs = (): Record<string, string> => jobOutputs(readFileSync(outputFile, 'utf8'));
const junit = (): string => readFileSync(join(base, 'j.xml'), 'utf8');
const JUNIT = ['--junit', 'j.xml'];

describe('bootlap bundle in a job', () => {
  test.each([['latest'], ['./tiny.yaml']])('of %s tells that it has passed', async (named) => {
    const { status, stderr } = await inGithub(['bundle', named, '--out', 'told.tar.gz', ...JUNIT]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(junit()).toMatch(/<testcase name="bundle" classname="bootlap"/);
    expect(junit()).toContain('failures="0"');
    expect(junit().includes('name="measure"')).toBe(named !== 'latest');
    expect(outputs()).toMatchObject({ verdict: 'passed', 'exit-status': '0' });
  });

  test.each([
    [['nothere'], 'nothere', '2'],
    [['latest', '--sign-key', 'nokey'], 'nokey', '2'],
    [['latest', '--hypervisor', 'foo'], '--hypervisor foo', '2'],
    [['./tiny.yaml', '--out', 'bzImage/x.tar.gz'], 'bzImage', '3'],
  ])('of %j tells what has failed', async (words, text, status) => {
    const called = await inGithub(['bundle', ...words, ...JUNIT]);
    expect(String(called.status), called.stderr).toBe(status);
    expect(junit()).toMatch(/<testsuites [^>]*failures="1"/);
    expect(junit()).toContain(text);
    expect(junit()).not.toContain('name="bundle"');
    expect(outputs()).toMatchObject({ verdict: 'failed', 'exit-status': status });
    expect(readFileSync(summaryFile, 'utf8')).toContain(text);
  });
});

test('a summary that cannot be written is named, and the values for later steps are there all the same', async () => {
  const { status, stderr } = await inGithub(['bundle', 'nothere'], '/nowhere/summary.md');
  expect(status).toBe(2);
  expect(stderr).toContain('warning: the job is not told all that came of it: /nowhere/summary.md is not there');
  expect(outputs()).toMatchObject({ verdict: 'failed', 'exit-status': '2' });
});

describe('a path that is not there', () => {
  test.each([
    ['verify', 'nothere.tar.gz'],
    ['replay', 'stock'],
    ['keygen', '--out', 'nodir/x'],
  ])('%s %s %s', async (...words) => {
    const { status, stderr } = await bootlap(words, { folder: base });
    expect(status).toBe(3);
    expect(stderr).toContain('is not there');
    expect(stderr).not.toContain('--clean');
  });

  test('in a workspace is made again with --clean', async () => {
    const lost = join(base, 'w', 'lost.tar.gz');
    const { stderr } = await bootlap(['verify', lost], { folder: base });
    expect(stderr).toContain('run again with --clean');
  });

  test('and is to be a key is wrong usage, with the command that makes one', async () => {
    mkdirSync(join(base, 'keyless'), { recursive: true });
    const words = ['bundle', 'latest', '--workspace', join(base, 'w'), '--sign-key', 'nokey'];
    const { status, stderr } = await bootlap(words, { folder: join(base, 'keyless') });
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('bootlap keygen') as string,
    });
    expect(existsSync(join(base, 'keyless', 'nokey'))).toBe(false);
  });
});
