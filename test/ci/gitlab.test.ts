import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';
import '../rig/cli.js';
import { writeFakeRecipe } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';
import { readYaml } from '../rig/workflow.js';

// Whole jobs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolders();

interface Job {
  readonly variables?: Readonly<Record<string, string | number>>;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly after_script: readonly string[];
  readonly artifacts: { readonly paths: readonly string[]; readonly reports: { readonly junit: string } };
  readonly cache: { readonly paths: readonly string[] };
}

const template = readYaml(join(packageFolder, 'configs', 'ci', 'gitlab.yml')) as Record<string, Partial<Job>> & {
  readonly variables: Readonly<Record<string, string>>;
};

/** A job with what it extends; with fewer boots than the template has, which alone is changed in it. */
function jobNamed(name: string): Job {
  const job = { ...template['.boot-time'], ...template[name] } as Job;
  const script = job.script.map((line) => line.replace('measure.boots=60', 'measure.boots=6'));
  expect(script).not.toEqual(job.script);
  return { ...job, script };
}

const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main'];

function git(where: string, ...words: string[]): string {
  return execFileSync('git', [...who, ...words], { cwd: where, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A repository with a recipe, and one that stands for bootlap's own and calls what is here. */
function project(): { base: string; repository: string } {
  const base = folder();
  const [repository, own] = [join(base, 'repository'), join(base, 'own')];
  for (const path of [repository, join(own, 'scripts'), join(own, 'dist', 'bin')]) {
    mkdirSync(path, { recursive: true });
  }
  for (const path of ['scripts/set-up.mjs', 'dist/bin/cli.js']) {
    writeFileSync(join(own, path), `await import(${JSON.stringify(join(packageFolder, path))});\n`);
  }
  writeFileSync(join(own, 'package.json'), '{"type":"module"}\n');
  writeFakeRecipe(repository);
  writeFileSync(join(repository, 'boot.yaml'), readFileSync(join(repository, 'fake.yaml'), 'utf8'));
  writeFileSync(join(repository, '.gitignore'), 'vm/boots\nvm/calls\n');
  for (const each of [own, repository]) {
    git(each, 'init', '--quiet');
    git(each, 'add', '--all');
    git(each, 'commit', '--quiet', '--message', 'first');
  }
  return { base, repository };
}

/** Runs the scripts of a job as GitLab's runner does: the first two in one shell, the last one in another. */
function runJob(
  job: Job,
  base: string,
  variables: Readonly<Record<string, string>> = {},
): { status: number | null; log: string } {
  const folders = { BOOTLAP_FOLDER: 'bootlap', BOOTLAP_WORKSPACE: 'w', BASE_FOLDER: 'base' };
  const given: Record<string, string> = {
    ...template.variables,
    BOOTLAP_REPOSITORY: `file://${base}/own`,
    ...variables,
  };
  for (const [name, place] of Object.entries(folders)) {
    given[name] = join(base, place);
    rmSync(join(base, place), { recursive: true, force: true });
  }
  const { PATH = '', HOME = '' } = process.env;
  const repository = join(base, 'repository');
  // Each job begins with a clean checkout and what is kept for it.
  git(repository, 'clean', '-ffdxq', '-e', '.bootlap-cache');
  const env = {
    PATH,
    HOME,
    CI: 'true',
    GITLAB_CI: 'true',
    BOOTLAP_NO_INSTALL: '1',
    CI_PROJECT_DIR: repository,
    ...given,
  };
  const shell = (lines: readonly string[]): { status: number | null; log: string } => {
    const ran = spawnSync('bash', ['-eo', 'pipefail', '-c', lines.join('\n')], {
      cwd: repository,
      env,
      encoding: 'utf8',
    });
    return { status: ran.status, log: `${ran.stdout}${ran.stderr}` };
  };
  const done = shell([...job.before_script, ...job.script]);
  const after = shell(job.after_script);
  expect(after.status, `${done.log}${after.log}`).toBe(0);
  return done;
}

test('the job that measures leaves its artifacts, and the next one takes what it has built', () => {
  const { base, repository } = project();
  const job = jobNamed('boot time');
  const first = runJob(job, base);
  expect(first.status).toBe(0);
  expect(first.log).toMatch(/section_start:\d+:\w+\[collapsed=true\]/);
  expect(first.log).toMatch(/make:stopwatch +done in /);
  expect(existsSync(join(repository, job.artifacts.reports.junit))).toBe(true);
  expect(readdirSync(join(repository, 'boot-time', 'latest'))).toContain('report.html');
  expect(job.cache.paths).toEqual(['.bootlap-cache/']);
  const second = runJob(job, base);
  expect(second.status).toBe(0);
  expect(second.log).toMatch(/make:stopwatch +restored from the cache/);
  expect(second.log).toMatch(/measure +done in /);
});

test('the gate fails a merge request that makes the boot slower', () => {
  const { base, repository } = project();
  const sha = git(repository, 'rev-parse', 'HEAD');
  const recipe = readFileSync(join(repository, 'boot.yaml'), 'utf8');
  writeFileSync(join(repository, 'boot.yaml'), recipe.replace('cpu: fast', 'cpu: slow'));
  git(repository, 'commit', '--quiet', '--all', '--message', 'slower');
  const job = jobNamed('boot time gate');
  const { status, log } = runJob(job, base, { CI_MERGE_REQUEST_DIFF_BASE_SHA: sha });
  expect(log).toContain("--fail-if 'tKernel > +5%'");
  expect(status).toBe(10);
  expect(readFileSync(join(repository, 'junit.xml'), 'utf8')).toContain('name="tKernel &gt; +5%"');
});
