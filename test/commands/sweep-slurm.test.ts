import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { mostTasksIn } from '../../src/commands/sweep/slurm/limits.js';
import { parseQueue, queuedTasks } from '../../src/commands/sweep/slurm/queue.js';
import { refusalOf } from '../../src/commands/sweep/slurm/refusal.js';
import { lossWords, standingOf, waitingWords } from '../../src/commands/sweep/slurm/standing.js';
import { sbatchArguments, type Submission } from '../../src/commands/sweep/slurm/submission.js';
import { TASK_SCRIPT } from '../../src/commands/sweep/slurm/task-script.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

describe("Slurm's queue", () => {
  test('is read line by line; what is no task of an array is not one of ours', () => {
    const text = `bootlap-a-1|12|3|PENDING||ReqNodeNotAvail, UnavailableNodes:n1|x
bootlap-a-1|12|0|NODE_FAIL|n1|NodeDown
bootlap-a-1|13|N/A|RUNNING|n1|None

`;
    expect(parseQueue(text)).toEqual([
      {
        name: 'bootlap-a-1',
        array: 12,
        index: 3,
        state: 'PENDING',
        node: '',
        reason: 'ReqNodeNotAvail, UnavailableNodes:n1|x',
      },
      { name: 'bootlap-a-1', array: 12, index: 0, state: 'NODE_FAIL', node: 'n1', reason: 'NodeDown' },
    ]);
  });

  test('cannot be asked without squeue, and who needs it is named', async () => {
    vi.stubEnv('PATH', '/nowhere');
    expect(await queuedTasks(['a'])).toEqual({
      ok: false,
      failure: { reason: 'tool-missing', tool: 'squeue', neededBy: '"executor: slurm"' },
    });
    vi.unstubAllEnvs();
  });

  test('of which squeue cannot tell is silent, with the words of squeue', async () => {
    const place = folder();
    writeFileSync(
      join(place, 'squeue'),
      '#!/bin/sh\necho "cannot stat file, retrying in 1sec up to 60sec" >&2\nexec sleep 60\n',
      {
        mode: 0o755,
      },
    );
    vi.stubEnv('PATH', `${place}:${process.env['PATH'] ?? ''}`);
    expect(await queuedTasks(['a'])).toMatchObject({
      value: { kind: 'silent', failure: { lastLines: ['cannot stat file, retrying in 1sec up to 60sec'] } },
    });
    vi.unstubAllEnvs();
  });

  const task = { name: 'a', array: 7, index: 1, node: 'n1', reason: 'None' };

  test.each([
    ['PENDING', 'Resources', 'waiting'],
    ['PENDING', 'launch failed requeued held', 'stuck'],
    ['PENDING', 'DependencyNeverSatisfied', 'stuck'],
    ['RUNNING', 'None', 'running'],
    ['COMPLETING', 'None', 'running'],
    ['SUSPENDED', 'None', 'running'],
    ['A_STATE_OF_NEXT_YEAR', 'None', 'running'],
    ['NODE_FAIL', 'NodeDown', 'ended'],
    ['COMPLETED', 'None', 'ended'],
  ])('of a task that is %s (%s) says that it is %s', (state, reason, standing) => {
    expect(standingOf({ ...task, state, reason })).toBe(standing);
  });

  test.each([
    ['TIMEOUT', 'TimeLimit', 'job 7_1 on n1 took longer than its time limit'],
    ['NODE_FAIL', 'NodeDown', 'n1 was lost while job 7_1 on n1 was under way'],
    ['FAILED', 'NonZeroExitCode', 'job 7_1 on n1 ended before it was through (FAILED, NonZeroExitCode)'],
    ['CANCELLED', 'None', 'job 7_1 on n1 was cancelled by somebody else'],
  ])('a loss by %s is told in words', (state, reason, words) => {
    expect(lossWords({ ...task, state, reason })).toBe(words);
  });

  test('a wait that will never end is told as one', () => {
    expect(waitingWords('BadConstraints')).toBe('BadConstraints: as they are asked for, no node can take them');
    expect(waitingWords('Resources')).toBe('Resources');
  });
});

test.each([
  ['sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying', 'full'],
  ['sbatch: error: Batch job submission failed: Resource temporarily unavailable', 'full'],
  [
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    'limit',
  ],
  ['Unable to contact slurm controller (connect failure)', 'silent'],
  ['sbatch: error: Batch job submission failed: Socket timed out on send/recv operation', 'silent'],
  ['sbatch: error: invalid partition specified: nope', 'refused'],
])('%j of sbatch is taken as "%s"', (words, kind) => {
  expect(refusalOf(words)).toBe(kind);
});

test('an array has as many tasks as this Slurm allows', () => {
  expect(mostTasksIn('MailProg = /bin/true\nMaxArraySize            = 9\nMaxJobCount = 12\n')).toBe(8);
  expect(mostTasksIn('')).toBe(1000);
});

describe('what sbatch is called with', () => {
  const submission: Submission = {
    name: 'bootlap-x-1',
    kind: 'measure',
    count: 4,
    settings: {
      partition: 'lab',
      options: ['--nice=5', '--array=7'],
      build: { partition: 'short', cpus: 8, options: ['--licenses=cc'] },
      measure: { constraint: 'kvm&skylake', time: '2:00:00' },
      'at-once': 2,
    },
    folder: '/home/a b/w/sweeps/x',
    log: 'logs/1-%a.log',
    script: ['/s/1.sh', '/s/1.claim', 'node', '/it is/$(there)/cli.js'],
    environment: {},
    after: [],
  };

  test('has measurements alone on their nodes, with all that those have', () => {
    const words = sbatchArguments(submission);
    expect(words).toContain('--exclusive');
    expect(words).toContain('--mem=0');
    expect(words).toContain('--partition=lab');
    expect(words).toContain('--constraint=kvm&skylake');
    expect(words).toContain('--chdir=/home/a b/w/sweeps/x');
    expect(words.slice(-4)).toEqual(submission.script);
    // What has to be is said last: an option of the file does not take its place.
    expect(words.filter((word) => word.startsWith('--array='))).toEqual(['--array=7', '--array=0-3%2']);
  });

  test('lets builds share nodes, and has what follows wait for them', () => {
    const words = sbatchArguments({ ...submission, kind: 'build', after: [7, 9] });
    expect(words).not.toContain('--exclusive');
    expect(words).toContain('--partition=short');
    expect(words).toContain('--cpus-per-task=8');
    expect(words.slice(0, 3)).toEqual(['--nice=5', '--array=7', '--licenses=cc']);
    expect(words).toContain('--dependency=afterok:7:9');
  });
});

describe('a task', () => {
  /** Runs the script as Slurm does, as one task of an array. */
  function run(place: string, array: number, task = 3): string {
    mkdirSync(join(place, 'handovers'), { recursive: true });
    writeFileSync(join(place, 'task.sh'), TASK_SCRIPT);
    return execFileSync(
      'sh',
      ['task.sh', join(place, 'handovers', '1.claim'), 'printf', '[%s]', 'a b', '$(id)', "it's"],
      {
        cwd: place,
        env: { PATH: process.env['PATH'], SLURM_ARRAY_JOB_ID: String(array), SLURM_ARRAY_TASK_ID: String(task) },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  }

  test('gets its words as they are, and its index last', () => {
    expect(run(folder(), 7)).toBe("[a b][$(id)][it's][3][--strict]");
  });

  test('of a second array with the same jobs leaves them to the first', () => {
    const place = folder();
    run(place, 7);
    expect(run(place, 8)).toContain('another array has this job');
    // The same one may begin again, and another index is another job.
    expect(run(place, 7)).toContain('[3][--strict]');
    expect(run(place, 8, 4)).toContain('[4][--strict]');
  });

  test('of a sweep that was cancelled does nothing', () => {
    const place = folder();
    writeFileSync(join(place, 'cancelled'), '');
    expect(() => run(place, 7)).toThrow();
    expect(existsSync(join(place, 'handovers', '1.claim.3'))).toBe(false);
  });
});
