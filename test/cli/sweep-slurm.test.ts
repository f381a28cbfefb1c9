import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Handover } from '../../src/commands/sweep/document.js';
import type { CellOutcome } from '../../src/commands/sweep/state.js';
import type { SweepReport } from '../../src/report/sweep/report.js';
import { bootlap, builtCli, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { makeGuestSweep, type GuestSweep } from '../rig/guest-sweep.js';

import { startObjectServer } from '../rig/object-server.js';
import { keyPair } from '../rig/share.js';
import { startSlurm, withoutSlurm, type SlurmRig } from '../rig/slurm.js';

// The machine may be busy: nothing here is a matter of how fast it goes.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const folder = temporaryFolders();
/** A name with signs of which a shell, or Slurm, would make something. */
const WORKSPACE = "it's %j of 100% $HOME; {}";
const open: Place[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((place) => place.close()));
});

/** A folder that three nodes and the front end see, with a sweep over the tiny guest. */
class Place {
  /** What all front ends that were started have printed. */
  said = '';
  private readonly fronts: ChildProcess[] = [];

  private constructor(
    readonly base: string,
    readonly guest: GuestSweep,
    readonly slurm: SlurmRig,
  ) {
    open.push(this);
  }

  static async make(lines: string, settings: readonly string[] = [], hosts = ''): Promise<Place> {
    const base = folder();
    const guest = makeGuestSweep(base, '{ method: trace, boots: 3, warmup: 1, timeout: 300s }');
    guest.write(`executor: slurm\nhosts: { workspace: ${base}/nodes${hosts} }\n${lines}`);
    mkdirSync(join(base, WORKSPACE));
    const slurm = await startSlurm(base, settings);
    return new Place(base, guest, slurm);
  }

  /** What front ends find in their environment besides. */
  environment: Readonly<Record<string, string>> = {};

  call(...words: string[]): Promise<Called> {
    return bootlap(['sweep', ...words, '--workspace', WORKSPACE], {
      folder: this.base,
      environment: { ...this.slurm.environment, ...this.environment, HOME: this.base },
      ...(this.slurm.user === undefined ? {} : { user: this.slurm.user }),
    });
  }

  /** Starts a front end that can be killed. */
  start(...words: string[]): ChildProcess {
    const { user } = this.slurm;
    const child = spawn(process.execPath, [builtCli, 'sweep', ...words, '--workspace', WORKSPACE], {
      cwd: this.base,
      env: { PATH: process.env['PATH'], HOME: this.base, ...this.slurm.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    this.fronts.push(child);
    return child;
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = Date.now() + 300_000;
    while (!holds()) {
      if (Date.now() > deadline) {
        throw new Error(`not in time: ${what}\n${this.said}\n${this.queue()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  queue(): string {
    return this.slurm.call('squeue', '-h', '-t', 'all', '-r', '-o', '%j %F_%K %T %N');
  }

  file(...parts: string[]): string {
    return readFileSync(join(this.base, WORKSPACE, 'sweeps', 'latest', ...parts), 'utf8');
  }

  names(...parts: string[]): string[] {
    return readdirSync(join(this.base, WORKSPACE, 'sweeps', 'latest', ...parts));
  }

  report(): SweepReport {
    return JSON.parse(this.file('sweep.json')) as SweepReport;
  }

  /** Where a cell was booted. */
  nodeOf(number: number): string | undefined {
    return (JSON.parse(this.file('outcomes', `cell-${number}.json`)) as CellOutcome).node;
  }

  /** The cells of each job that was given up. */
  givenUp(): (readonly number[])[] {
    return this.names('arrived').flatMap((name) => {
      const [, number = '', index = ''] = /^(\d+)-(\d+)\.given-up$/.exec(name) ?? [];
      return number === ''
        ? []
        : [(JSON.parse(this.file('handovers', `${number}.json`)) as Handover).jobs[Number(index)]?.cells ?? []];
    });
  }

  async close(): Promise<void> {
    for (const front of this.fronts) {
      front.kill('SIGKILL');
      await ended(front);
    }
    await this.slurm.close();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'close');
  }
}

/** Boots of a cell in one session: one by the probe, one to warm up, three that count. */
const BOOTS = 5;

describe.skipIf(withoutSlurm)('a sweep on Slurm', () => {
  test('loses a node, its front end and a cell on its way: eleven results and one failure, nothing twice', async () => {
    const place = await Place.make(`retries: 2
together: 4
matrix: { machine.memory: [64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74] }
include: [{ machine.memory: 75, machine.cpu: no-such-cpu }]`);
    place.guest.hold(true);
    const first = place.start('cells.yaml');
    // Four sessions, of which three can be under way: each has a VM that has been started and waits.
    await place.until('three sessions boot', () => place.guest.boots().length >= 3);
    const lost = /(node\d)\n/.exec(place.slurm.call('squeue', '-h', '-t', 'running', '-o', '%N'))?.[1] ?? '';
    place.slurm.killDaemon(lost);
    first.kill('SIGKILL');
    await ended(first);
    // As if it had been killed before it could note what sbatch said.
    const record = join(place.base, WORKSPACE, 'sweeps', 'latest', 'handovers', '2.slurm.json');
    writeFileSync(record, JSON.stringify({ called: Date.now() }));

    place.said = '';
    const second = place.start('--attach', 'latest');
    await place.until('the node is missed', () => place.said.includes('is lost'));
    expect(place.said).toContain(`${lost} was lost while job`);
    // What runs on there, given up, comes to its end, too.
    place.guest.hold(false);
    await ended(second);
    expect(second.exitCode, place.said).toBe(1);
    expect(place.said).toContain('11 measured, 1 failed');

    const { cells } = place.report();
    const failed = cells.filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([{ number: 12, attempt: 3, failure: { step: 'probe' } }]);
    expect(readFileSync(failed[0]?.failure?.log ?? '', 'utf8')).toContain('no-such-cpu');
    const nodes = new Set(cells.slice(0, 11).map(({ number }) => place.nodeOf(number)));
    expect(nodes.size).toBeGreaterThanOrEqual(2);
    expect(cells.slice(1, 11).every(({ figures }) => figures?.against !== undefined)).toBe(true);

    expect(place.guest.builds()).toHaveLength(1);
    for (const [name, arrays] of place.slurm.arrays()) {
      expect([...arrays], `${name} was submitted once`).toHaveLength(1);
    }
    const givenUp = place.givenUp();
    expect(givenUp).toHaveLength(1);
    for (const { number, name } of cells.slice(1, 11)) {
      const memory = name.replace('memory=', '');
      const boots = place.guest.boots().filter((each) => each === memory).length;
      const lines = place.file('cells', String(number), 'samples.ndjson').trim().split('\n');
      expect(lines, name).toHaveLength(BOOTS - 1);
      if (!givenUp[0]?.includes(number)) {
        expect(boots, name).toBe(BOOTS);
      }
    }
    const count = place.guest.boots().length;
    expect((await place.call('--attach', 'latest')).status).toBe(1);
    expect(place.guest.boots()).toHaveLength(count);
  });

  test('is cancelled, and nothing of others with it', async () => {
    const place = await Place.make('matrix: { machine.memory: [64, 65] }');
    const others = place.slurm.call('sbatch', '--parsable', '--output=/dev/null', '--wrap=sleep 600').trim();
    place.guest.hold(true);
    const front = place.start('cells.yaml');
    await place.until('a session boots', () => place.guest.boots().length >= 1);
    const { status, stdout } = await place.call('cancel', 'latest');
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('cancelled') as string });
    await ended(front);
    expect(front.exitCode, place.said).toBe(130);
    await place.until('ours have ended', () => !/bootlap-\S+ \S+ (?:PENDING|RUNNING|COMPLETING)/.test(place.queue()));
    expect(place.queue()).toMatch(new RegExp(`${others}_N/A RUNNING`));
    expect(place.report()).toMatchObject({ isCancelled: true, cells: [{ status: 'waiting' }, { status: 'waiting' }] });
  });

  test('goes on in Slurm when the front end is interrupted, which says how to come back to it', async () => {
    const place = await Place.make('matrix: { machine.memory: [64, 65] }');
    place.guest.hold(true);
    const front = place.start('cells.yaml');
    await place.until('a build is under way', () => place.said.includes('under way'));
    front.kill('SIGINT');
    await ended(front);
    expect(front.exitCode).toBe(130);
    expect(place.said).toMatch(/what Slurm has goes on there; "bootlap sweep cancel \S+" ends it/);
    expect(place.said).toMatch(/"bootlap sweep --attach \S+" goes on with it/);
    // Without anybody, the session follows the build.
    await place.until('a session boots', () => place.guest.boots().length >= 1);
    place.guest.hold(false);
    await place.until('all has ended', () => !/PENDING|RUNNING|COMPLETING/.test(place.queue()));
    const count = place.guest.boots().length;
    expect((await place.call('--attach', 'latest')).stdout).toContain('2 measured');
    expect(place.guest.boots()).toHaveLength(count);
  });

  test('has what others cancel tried again, and waits for a controller that is away', async () => {
    const place = await Place.make('matrix: { machine.memory: [64, 65] }');
    place.guest.hold(true);
    const front = place.start('cells.yaml');
    await place.until('a session boots', () => place.guest.boots().length >= 1);
    place.slurm.call('scancel', /(\d+)_\d+ RUNNING/.exec(place.queue())?.[1] ?? '');
    await place.until('it is told', () => /is lost: job \S+ on node\d was cancelled by somebody else/.test(place.said));
    await place.slurm.stopController();
    await place.until('it is told', () => place.said.includes('Slurm does not answer'));
    place.guest.hold(false);
    await place.slurm.startController();
    await ended(front);
    expect(front.exitCode, place.said).toBe(0);
    expect(place.said).toContain('Slurm answers again');
    expect(place.report().cells.map(({ status, attempt }) => [status, attempt])).toEqual([
      ['measured', 2],
      ['measured', 2],
    ]);
  });

  test('whose build fails builds once more, measures nothing before, and then all', async () => {
    const place = await Place.make('matrix: { machine.memory: [64, 65] }');
    place.guest.failBuilds(1);
    const { status, stdout, stderr } = await place.call('cells.yaml');
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain('2 measured');
    expect(place.guest.builds()).toHaveLength(2);
    // Those that were to follow the first build were withdrawn, which is no attempt.
    expect(place.report().cells.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(place.guest.boots()).toHaveLength(2 * BOOTS);
  });

  test('waits where the queue is full, and says so; what no node can take says why it waits', async () => {
    const place = await Place.make('slurm: { measure: { cpus: 64 } }\nmatrix: { machine.memory: [64, 65] }', [
      'MaxJobCount=4',
    ]);
    place.slurm.call('sbatch', '--parsable', '--array=0-2', '-o', '/dev/null', '--wrap=sleep 600');
    const front = place.start('cells.yaml');
    await place.until('it is told', () => place.said.includes('Slurm takes no more jobs for now'));
    await place.slurm.stopController();
    await place.slurm.startController([]);
    await place.until('it is told', () => place.said.includes('as they are asked for, no node can take them'));
    expect(place.said).toContain('Slurm takes jobs again');
    expect((await place.call('cancel', 'latest')).status).toBe(0);
    await ended(front);
    expect(place.guest.boots()).toHaveLength(0);
  });

  test.each([
    ['slurm: { partition: nowhere }', 'invalid partition specified: nowhere'],
    ['slurm: { constraint: gpu }', 'Invalid feature specification'],
  ])('with %s ends with the words of sbatch', async (lines, words) => {
    const place = await Place.make(`${lines}\nmatrix: { machine.memory: [64] }`);
    const { status, stderr } = await place.call('cells.yaml');
    expect(status).toBe(3);
    expect(stderr).toContain('Slurm does not take the jobs as they are asked for');
    expect(stderr).toContain(words);
  });

  test('whose results travel through the shared cache needs no folder that all nodes see', async () => {
    const place = await Place.make('matrix: { machine.memory: [64, 65] }', [], ', results: cache');
    const server = await startObjectServer();
    const { privateFile, publicFile } = keyPair(place.base);
    place.slurm.give(place.base);
    place.environment = {
      BOOTLAP_REMOTE_CACHE: server.address,
      BOOTLAP_REMOTE_CACHE_KEY: privateFile,
      BOOTLAP_TRUST: publicFile,
    };
    const { status, stdout, stderr } = await place.call('cells.yaml');
    await server.close();
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('2 measured');
    expect(place.guest.builds()).toHaveLength(1);
    expect(place.guest.boots()).toHaveLength(2 * BOOTS);
  });
});
