import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HandedPlace, Handover, SweepPlan } from '../../src/commands/sweep/document.js';
import { Handovers } from '../../src/commands/sweep/handover.js';
import { makeSweepKeys } from '../../src/commands/sweep/job-share.js';
import { planSweep } from '../../src/commands/sweep/plan.js';
import { SweepFolder } from '../../src/commands/sweep/state.js';
import { nextWave } from '../../src/commands/sweep/waves.js';
import type { Result } from '../../src/core/result.js';
import { openWorkspace } from '../../src/engine/index.js';
import { loadSweep } from '../../src/recipe/sweep/load.js';
import { builtCli } from '../rig/cli.js';
import { writeFinishedFiles } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';
import { makeTinyProject } from '../rig/tiny-project.js';

const folder = temporaryFolders();

/** A sweep whose jobs the test itself carries out, each in a process and a workspace of its own, as hosts would. */
class Place {
  readonly base = folder();
  sweep!: SweepFolder;
  plan!: SweepPlan;
  handovers!: Handovers;

  async begin(matrix: string, make = 'true'): Promise<void> {
    const { base } = this;
    const body = `echo "$cpu $memory" >> ${base}/booted
case "$port" in 0xf5) exit 3 ;; 0xf6) [ "$cpu" != broken ] || exit 77; exit 5 ;; esac`;
    writeFinishedFiles(base, { body, cpu: 'fast', measure: '{ method: exit, boots: 3, warmup: 0 }' });
    makeTinyProject(base, `echo built >> ${base}/built; ${make}`);
    const source = `{ git: "file://${join(base, 'repository')}", branch: main }`;
    const build = 'build: { system: make, targets: [all] }\n  outputs: { image: bios.bin }';
    writeFileSync(join(base, 'built.yaml'), `extends: ./fake.yaml\nfirmware:\n  source: ${source}\n  ${build}\n`);
    const hosts = `{ workspace: ${base}/hosts, bootlap: [${process.execPath}, ${builtCli}] }`;
    writeFileSync(
      join(base, 'cells.yaml'),
      `recipe: ./built.yaml\nexecutor: ssh\nssh: { hosts: [a] }\nhosts: ${hosts}\n${matrix}\n`,
    );
    const workspace = good(openWorkspace(join(base, 'w'))).folder;
    this.plan = good(await planSweep(good(loadSweep(join(base, 'cells.yaml'))), workspace));
    this.sweep = good(SweepFolder.make(workspace, this.plan));
    good(makeSweepKeys(this.sweep.path));
    this.handovers = new Handovers({ folder: this.sweep, plan: this.plan, offline: false });
  }

  /** Hands the next wave over. */
  next(): Handover[] {
    const wave = nextWave(this.plan, { builds: this.sweep.builds(), cells: this.sweep.cells() });
    return [...good(this.handovers.handOver(wave))];
  }

  async carryOut({ number, index }: HandedPlace, node: string): Promise<{ status: number | null; said: string }> {
    const [program = '', ...words] = this.handovers.command({ number });
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(program, [...words, String(index)], { cwd: '/', env: { PATH, HOME, BOOTLAP_NODE: node } });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    await once(child, 'close');
    return { status: child.exitCode, said };
  }

  lines(name: string): string[] {
    return readFileSync(join(this.base, name), 'utf8').trim().split('\n');
  }
}

function good<T>(result: Result<T, unknown>): T {
  if (!result.ok) {
    throw new Error(JSON.stringify(result.failure));
  }
  return result.value;
}

test('a job elsewhere leaves its outcome in the sweep, and what one host has built no other builds again', async () => {
  const place = new Place();
  await place.begin('together: 2\nmatrix: { machine.memory: [64, 128, 256] }');
  const [builds] = place.next();
  expect(builds?.jobs.map(({ id }) => id)).toEqual(['build-firmware-1']);
  expect(await place.carryOut({ number: 1, index: 0 }, 'a')).toMatchObject({ status: 0 });
  good(await place.handovers.collect(builds === undefined ? [] : [builds]));
  expect(place.sweep.builds().get('build-firmware-1')).toEqual({ status: 'done', attempt: 1 });

  const [measurements] = place.next();
  expect(measurements).toMatchObject({ number: 2, jobs: [{ id: 'measure-1' }, { id: 'measure-2' }] });
  // Whoever asks again finds them handed over.
  expect(place.next().map(({ number }) => number)).toEqual([2]);
  const ends = await Promise.all([
    place.carryOut({ number: 2, index: 0 }, 'b'),
    place.carryOut({ number: 2, index: 1 }, 'c'),
  ]);
  expect(ends.map(({ status }) => status)).toEqual([0, 0]);
  expect(place.handovers.isThrough({ number: 2, index: 1 })).toBe(true);
  good(await place.handovers.collect(measurements === undefined ? [] : [measurements]));
  expect([...place.sweep.cells().values()].map(({ status, node }) => `${status} ${node ?? ''}`)).toEqual([
    'measured b',
    'measured b',
    'measured c',
  ]);
  expect(place.lines('built')).toEqual(['built']);
  expect(existsSync(join(place.sweep.path, 'cells', '3', 'samples.ndjson'))).toBe(true);
  expect(place.next()).toEqual([]);
});

test('a job that failed brings its log along; one that is carried out twice leaves one outcome', async () => {
  const place = new Place();
  await place.begin('retries: 0\nmatrix: { machine.cpu: [fast, broken] }', 'echo torn; false');
  const handed = place.next();
  await Promise.all([place.carryOut({ number: 1, index: 0 }, 'a'), place.carryOut({ number: 1, index: 0 }, 'a')]);
  good(await place.handovers.collect(handed));
  const build = place.sweep.builds().get('build-firmware-1');
  expect(build).toMatchObject({ status: 'failed', failure: { step: 'make:firmware' } });
  expect(build?.failure?.log).toContain(place.sweep.path);
  expect(readFileSync(build?.failure?.log ?? '', 'utf8')).toContain('torn');
  expect(place.next()).toEqual([]);
});

test('what a job leaves that was given up does not count, and its cells are tried again', async () => {
  const place = new Place();
  await place.begin('set: { firmware.source: { file: bios.bin } }\nmatrix: { machine.memory: [64, 128] }');
  const [first] = place.next();
  const job = first?.jobs[0];
  if (first === undefined || job === undefined) {
    throw new Error('there is a job');
  }
  good(place.handovers.lose({ number: 1, index: 0, job }, { reason: 'the node a has gone', host: 'a' }));
  expect(place.sweep.cells().get(1)).toMatchObject({ status: 'failed', failure: { text: 'the node a has gone' } });
  const [again] = place.next();
  expect(again).toMatchObject({ number: 2, jobs: [{ id: 'measure-1-again-1', attempt: 2 }] });
  expect(await place.carryOut({ number: 2, index: 0 }, 'b')).toMatchObject({ status: 0 });
  const late = await place.carryOut({ number: 1, index: 0 }, 'a');
  expect(late.said).toContain('given up');
  good(await place.handovers.collect([first, ...(again === undefined ? [] : [again])]));
  expect([...place.sweep.cells().values()].map(({ status, attempt }) => `${status} ${attempt}`)).toEqual([
    'measured 2',
    'measured 2',
  ]);
});
