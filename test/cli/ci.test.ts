import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { bootlap, builtCli, type Called } from '../rig/cli.js';
import { writeFakeRecipe } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';
import { jobCommands, jobOutputs, type JobCommand } from '../rig/job-log.js';
import { makeTinyProject } from '../rig/tiny-project.js';

// Whole jobs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolders();

/** What a call left in a job of GitHub. */
interface InJob extends Called {
  readonly commands: readonly JobCommand[];
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Calls a command as a job of GitHub does whose repository is `base`. */
async function inGithub(base: string, ...words: readonly string[]): Promise<InJob> {
  const [summaryFile, outputFile] = [join(base, '..', 'summary.md'), join(base, '..', 'outputs')];
  [summaryFile, outputFile].forEach((file) => writeFileSync(file, ''));
  const called = await bootlap([...words, '--workspace', 'w'], {
    folder: base,
    environment: {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: base,
      GITHUB_STEP_SUMMARY: summaryFile,
      GITHUB_OUTPUT: outputFile,
    },
  });
  const commands = jobCommands(`${called.stdout}\n${called.stderr}`);
  const [summary, outputs] = [readFileSync(summaryFile, 'utf8'), jobOutputs(readFileSync(outputFile, 'utf8'))];
  return { ...called, commands, summary, outputs };
}

/** A folder in a folder: what lies beside it is no part of the repository. */
function project(): string {
  const base = join(folder(), 'repository');
  mkdirSync(base);
  return base;
}

function named(commands: readonly JobCommand[], name: string): JobCommand[] {
  return commands.filter((command) => command.name === name);
}

const UNTIL = ['--until', 'make:firmware'];

describe('in a job of GitHub', () => {
  test('the steps are folded away, and the job is told what came of it', async () => {
    const base = project();
    makeTinyProject(base);
    const { status, stdout, stderr, commands, outputs, summary } = await inGithub(base, 'run', './tiny.yaml', ...UNTIL);
    expect({ status, stderr, summary }).toEqual({ status: 0, stderr: '', summary: '' });
    expect(commands.map(({ name, data }) => `${name} ${data}`)).toEqual(['group steps of tiny', 'endgroup ']);
    expect(stdout.slice(0, stdout.indexOf('::endgroup::'))).toMatch(/make:firmware +done in /);
    expect(stdout.slice(stdout.indexOf('::endgroup::'))).toMatch(/recorded in /);
    expect(outputs).toMatchObject({ verdict: 'passed', 'exit-status': '0' });
    expect(existsSync(join(outputs['run-folder'] ?? '', 'run.json'))).toBe(true);
  });

  test('what a program prints is no command, in the log, in the failure and in the end of its log', async () => {
    const base = project();
    const evil = ['::set-output name=x::y', '  ::stop-commands::t', 'a ##[set-env name=PATH]/evil', 'b\\r::error::no'];
    const prints = evil.map((text) => `printf '${text}\\n'`).join('; ');
    makeTinyProject(base, `${prints}; echo ::endgroup::; exit 3`);
    const words = ['run', './tiny.yaml', '--verbose', ...UNTIL];
    const { status, commands, outputs, summary, stderr } = await inGithub(base, ...words);
    expect(status).toBe(1);
    expect(commands.map(({ name }) => name)).toEqual(['group', 'endgroup', 'error', 'group', 'endgroup']);
    const [error] = named(commands, 'error');
    expect(error?.properties).toEqual({ title: 'make:firmware' });
    expect(error?.data).toMatch(/^make failed with status 2\n[^]*::stop-commands::t[^]*\nnext: /);
    expect(stderr).toContain('| a ## [set-env name=PATH]/evil');
    expect(outputs).toMatchObject({ verdict: 'failed', 'exit-status': '1' });
    expect(summary).toContain('make:firmware: make failed with status 2');
  });

  test('a mistake in a recipe is marked on its line, one in another one by itself', async () => {
    const base = project();
    mkdirSync(join(base, 'recipes'));
    writeFileSync(join(base, 'recipes', 'mine.yaml'), 'extends: stock\nmeasure:\n  boots: many\n  warmup: -1\n');
    const { status, commands, summary, outputs } = await inGithub(base, 'run', './recipes/mine.yaml');
    expect(status).toBe(2);
    expect(commands.map(({ name, properties: { file, line } }) => [name, file, line])).toEqual([
      ['error', 'recipes/mine.yaml', '3'],
      ['error', 'recipes/mine.yaml', '4'],
    ]);
    expect(summary).toContain('measure.boots');
    expect(outputs).toMatchObject({ verdict: 'failed', 'run-folder': '' });
    const elsewhere = await inGithub(join(base, 'recipes'), 'run', '../wrong.yaml');
    expect(named(elsewhere.commands, 'error').map(({ properties }) => properties)).toEqual([{ title: 'bootlap' }]);
  });

  test('a patch that does not fit is marked on the line of its hunk', async () => {
    const base = project();
    const { recipe } = makeTinyProject(base);
    mkdirSync(join(base, 'patches'));
    const hunks = '@@ -1 +1 @@\n-1\n+2\n@@ -9 +9 @@\n-gone\n+here\n';
    writeFileSync(join(base, 'patches', 'a.patch'), `Two changes.\n\n--- a/version.txt\n+++ b/version.txt\n${hunks}`);
    writeFileSync(recipe, readFileSync(recipe, 'utf8').replace('patches: []', 'patches: [./patches/a.patch]'));
    const { status, commands } = await inGithub(base, 'run', './tiny.yaml', ...UNTIL);
    expect(status).toBe(1);
    const [error] = named(commands, 'error');
    expect(error?.properties).toEqual({ file: 'patches/a.patch', line: '8', title: 'patch:firmware' });
  });

  test('what a compiler complains of in a working tree of the repository is marked there', async () => {
    const base = project();
    makeTinyProject(base, "echo '../src/boot.c:12:3: error: expected a semicolon' >&2; exit 1");
    const tree = join(base, 'repository');
    mkdirSync(join(tree, 'src'));
    writeFileSync(join(tree, 'src', 'boot.c'), 'int x\n');
    const words = ['run', './tiny.yaml', '--with', 'firmware=repository', ...UNTIL];
    const { commands } = await inGithub(base, ...words);
    const [error] = named(commands, 'error');
    expect(error?.properties).toEqual({ file: 'repository/src/boot.c', line: '12', title: 'make:firmware' });
  });

  test('the report is the summary, and what stands against the figures is a warning', async () => {
    const base = project();
    writeFakeRecipe(base);
    const { status, commands, summary, outputs } = await inGithub(base, 'run', './fake.yaml');
    expect(status).toBe(0);
    expect(summary).toContain('| tKernel');
    expect(named(commands, 'warning').map(({ data }) => data)).toContainEqual(
      expect.stringContaining('8 boots are few'),
    );
    expect(outputs['summary']).toMatch(/summary\.json$/);
    expect(existsSync(outputs['report'] ?? '')).toBe(true);
  });

  test('a regression is marked where the recipe declares the phase, and is a test that failed', async () => {
    const base = project();
    const line = writeFakeRecipe(base);
    const gates = ['--fail-if', 'tKernel > +5%', '--fail-if', 'tQEMU > +900%', '--junit', 'out/junit.xml'];
    const words = ['compare', './fake.yaml', './fake.yaml', '--set-b', 'machine.cpu=slow', ...gates];
    const { status, commands, summary, outputs } = await inGithub(base, ...words);
    expect(status).toBe(10);
    const [error, ...others] = named(commands, 'error');
    expect(others).toEqual([]);
    expect(error?.properties).toEqual({
      file: 'fake.yaml',
      line: String(line),
      title: 'regression: beyond tKernel > +5%',
    });
    expect(error?.data).toMatch(/^\+\d+.* % \(95 % interval/);
    expect(summary).toContain('**failed: tKernel > +5%**');
    expect(outputs).toMatchObject({ verdict: 'regression', 'exit-status': '10' });
    expect(existsSync(outputs['comparison'] ?? '')).toBe(true);
    const suites = readSuites(join(base, 'out', 'junit.xml'));
    expect(suites.map(({ name }) => name)).toEqual(['fake', 'fake+b', 'compare', 'gates']);
    expect(suites[3]?.cases).toEqual([
      { name: 'tKernel > +5%', failure: 'regression', properties: expect.objectContaining({ outcome: 'failed' }) },
      { name: 'tQEMU > +900%', properties: expect.objectContaining({ outcome: 'passed' }) },
    ]);
  });

  test('the lines of --json keep their meaning, and nothing else is among them', async () => {
    const base = project();
    makeTinyProject(base, "echo 'a ##[set-env name=PATH]/evil'");
    const { stdout, commands } = await inGithub(base, 'run', './tiny.yaml', '--json', ...UNTIL);
    expect(commands).toEqual([]);
    const events = stdout.trim().split('\n');
    const texts = events.map((line) => (JSON.parse(line) as { text?: string }).text);
    expect(texts).toContain('a ##[set-env name=PATH]/evil');
  });

  test('what goes to a file is as it is anywhere', () => {
    const base = project();
    makeTinyProject(base, "echo 'a ##[group]b'; exit 1");
    const log = openSync(join(base, 'out.txt'), 'w');
    const environment = { PATH: process.env['PATH'], GITHUB_ACTIONS: 'true' };
    const words = [builtCli, 'run', './tiny.yaml', '--verbose', '--workspace', 'w', ...UNTIL];
    expect(() =>
      execFileSync(process.execPath, words, { cwd: base, env: environment, stdio: ['ignore', log, 'ignore'] }),
    ).toThrow();
    closeSync(log);
    const text = readFileSync(join(base, 'out.txt'), 'utf8');
    expect(text).toContain('| a ##[group]b');
    expect(text).not.toContain('::group::');
  });
});

describe('in a job of GitLab', () => {
  test('the steps are a section, which no program closes', async () => {
    const base = project();
    makeTinyProject(base, "printf '\\033[0Ksection_end:1700000000:bootlap_1\\r\\033[0K\\n'");
    const environment = { GITLAB_CI: 'true', CI: 'true' };
    const words = ['run', './tiny.yaml', '--verbose', '--workspace', 'w', ...UNTIL];
    const { status, stdout } = await bootlap(words, { folder: base, environment });
    expect(status).toBe(0);
    // eslint-disable-next-line no-control-regex
    const marks = [...stdout.matchAll(/section_(start|end):(\d+):(\w+)(\[collapsed=true\])?\r\u001B\[0K/g)];
    expect(marks.map(([, kind, , , collapsed]) => [kind, collapsed !== undefined])).toEqual([
      ['start', true],
      ['end', false],
    ]);
    expect(marks[0]?.[3]).toBe(marks[1]?.[3]);
    expect(stdout).not.toContain('::group::');
  });
});

test('elsewhere nothing of this is said or written', async () => {
  const base = project();
  makeTinyProject(base, "echo '##[group]a'; exit 1");
  const environment = { GITHUB_STEP_SUMMARY: join(base, 's'), GITHUB_OUTPUT: join(base, 'o') };
  const words = ['run', './tiny.yaml', '--verbose', '--workspace', 'w', ...UNTIL];
  const { stdout, stderr } = await bootlap(words, { folder: base, environment });
  expect(stdout).toContain('| ##[group]a');
  expect(`${stdout}${stderr}`).not.toMatch(/::|section_/);
  expect([existsSync(join(base, 's')), existsSync(join(base, 'o'))]).toEqual([false, false]);
});

describe('--junit', () => {
  test('has a test for each step; what was in place already took no time', async () => {
    const base = project();
    makeTinyProject(base);
    const words = ['run', './tiny.yaml', '--junit', 'j.xml', '--workspace', 'w', ...UNTIL];
    const statuses = (): unknown[] =>
      readSuites(join(base, 'j.xml')).flatMap(({ cases }) =>
        cases.map(({ name, properties }) => [name, properties['status']]),
      );
    await bootlap(words, { folder: base });
    const steps = ['pin:firmware', 'fetch:firmware', 'patch:firmware', 'make:firmware'];
    expect(statuses()).toEqual(steps.map((step) => [step, 'ran']));
    await bootlap(words, { folder: base });
    expect(statuses()).toEqual(steps.map((step) => [step, 'fresh']));
    expect(readFileSync(join(base, 'j.xml'), 'utf8').match(/testcase [^>]*time="0.000"/g)).toHaveLength(4);
  });

  test('of a step that fails has the end of its log, and of what depends on it that it was skipped', async () => {
    const base = project();
    const { recipe } = makeTinyProject(base);
    writeFileSync(join(base, 'a.patch'), '--- a/gone.c\n+++ b/gone.c\n@@ -1 +1 @@\n-1\n+2\n');
    writeFileSync(recipe, readFileSync(recipe, 'utf8').replace('patches: []', 'patches: [./a.patch]'));
    const words = ['run', './tiny.yaml', '--junit', 'j.xml', '--workspace', 'w', ...UNTIL];
    expect((await bootlap(words, { folder: base })).status).toBe(1);
    const [suite] = readSuites(join(base, 'j.xml'));
    expect(suite?.cases.slice(-2)).toMatchObject([
      { name: 'patch:firmware', failure: 'patch-rejected' },
      { name: 'make:firmware', skipped: true },
    ]);

    const [unhappy, folderOfIt] = ["printf 'the compiler is <unhappy> \\033[31m\\001\\n'; exit 3", project()];
    makeTinyProject(folderOfIt, unhappy);
    await bootlap(words, { folder: folderOfIt });
    expect(readSuites(join(folderOfIt, 'j.xml'))[0]?.cases.at(-1)).toMatchObject({ failure: 'command-failed' });
    expect(readFileSync(join(folderOfIt, 'j.xml'), 'utf8')).toContain('the compiler is &lt;unhappy&gt;');
  });

  test('is written where the call cannot begin, too', async () => {
    const base = project();
    const words = ['compare', './gone.yaml', 'stock', '--junit', 'deep/j.xml', '--workspace', 'w'];
    expect((await bootlap(words, { folder: base })).status).toBe(2);
    expect(readSuites(join(base, 'deep', 'j.xml'))).toMatchObject([{ cases: [{ failure: 'recipe-not-found' }] }]);
  });

  test('that cannot be written is said', async () => {
    const base = project();
    makeTinyProject(base);
    const words = ['run', './tiny.yaml', '--junit', 'tiny.yaml/j.xml', '--workspace', 'w', ...UNTIL];
    const { status, stderr } = await bootlap(words, { folder: base });
    expect(status).toBe(3);
    expect(stderr).toContain('tiny.yaml');
  });
});

interface ReadSuite {
  readonly name: string;
  readonly cases: readonly ReadCase[];
}

interface ReadCase {
  readonly name: string;
  /** The type of its failure. */
  readonly failure?: string;
  readonly skipped?: true;
  readonly properties: Readonly<Record<string, string>>;
}

const READ = `
import json, sys, xml.etree.ElementTree as tree
def case(node):
    found = {'name': node.get('name'), 'properties': {p.get('name'): p.get('value') for p in node.iter('property')}}
    if node.find('skipped') is not None:
        found['skipped'] = True
    failure = node.find('failure')
    return found if failure is None else {**found, 'failure': failure.get('type')}
print(json.dumps([{'name': s.get('name'), 'cases': [case(c) for c in s.iter('testcase')]} for s in tree.parse(sys.argv[1]).getroot()]))
`;

function readSuites(file: string): ReadSuite[] {
  return JSON.parse(execFileSync('python3', ['-c', READ, file], { encoding: 'utf8' })) as ReadSuite[];
}
