import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtCli } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { SweepPlace } from '../rig/sweep-place.js';
import { makeTinyProject } from '../rig/tiny-project.js';

const folder = temporaryFolders();

function placeOf(matrix: string, before = ''): SweepPlace {
  return new SweepPlace(folder(), matrix, before);
}

const FOUR = 'matrix: { machine.cpu: [fast, slow], machine.memory: [64, 128] }';

describe('a sweep', () => {
  test('boots all cells in turn, holds each against the first, and shows them in one report', async () => {
    const place = placeOf(`${FOUR}\ninclude: [{ machine.cpu: fast, machine.memory: 64 }]`);
    const { status, stdout, stderr } = await place.call('cells.yaml');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('cells: 4 measured');
    // After four probes of two points each, every block has each cell to each point.
    const timed = place.boots().slice(8);
    expect(timed).toHaveLength(4 * 2 * 7);
    for (let block = 0; block < timed.length; block += 8) {
      expect(new Set(timed.slice(block, block + 8)).size).toBe(8);
    }
    const { cells, extremes } = place.report();
    expect(cells.map(({ name, status: state }) => `${name} ${state}`)).toEqual([
      'cpu=fast memory=64 measured',
      'cpu=fast memory=128 measured',
      'cpu=slow memory=64 measured',
      'cpu=slow memory=128 measured',
    ]);
    const verdicts = cells.map(({ figures }) => figures?.against?.find(({ kind }) => kind === 'point')?.verdict);
    expect(verdicts.slice(2)).toEqual(['slower', 'slower']);
    expect(extremes.find(({ phase }) => phase === 'tKernel')?.worst.name).toContain('cpu=slow');
    expect(place.file('sweep.csv').split('\r\n')).toHaveLength(4 + 2);
    expect(place.file('sweep.csv')).toMatch(/^cell,name,status,.*machine\.cpu,machine\.memory,tQEMU_median_ns/);
    expect(place.file('sweep.md')).toContain('## The best and the worst');
    const page = place.file('sweep.html');
    expect(page).toContain('cpu=slow memory=128');
    expect(page.match(/<svg/g)?.length).toBe(3);
    expect(existsSync(join(place.base, 'w', 'sweeps', 'latest', 'cells', '3', 'summary.json'))).toBe(true);
  });

  test('measures cells that come to the same once', async () => {
    const place = placeOf(
      'matrix: { patches.kernel: [on, off], machine.memory: [64, 128] }\ninclude: [{ machine.cpu: fast }]',
    );
    const { status, stdout } = await place.call('cells.yaml');
    expect(status).toBe(0);
    expect(stdout).toContain('2 measured, 2 the same as another');
    expect(place.boots()).toHaveLength(2 * 2 + 2 * 2 * 7);
    expect(place.report().cells.map(({ sameAs }) => sameAs)).toEqual([undefined, undefined, 1, 2]);
  });

  test('of which one cell does not boot is tried again, shows it as failed with its log, and goes on with the rest', async () => {
    const place = placeOf('matrix: { machine.cpu: [fast, broken, slow] }', '[ "$cpu" != broken ] || exit 77');
    const { status, stdout } = await place.call('cells.yaml');
    expect(status).toBe(1);
    expect(stdout).toContain('2 measured, 1 failed');
    const [first, broken, slow] = place.report().cells;
    expect([first?.status, broken?.status, slow?.status]).toEqual(['measured', 'failed', 'measured']);
    expect(broken).toMatchObject({ attempt: 2, failure: { step: 'probe' } });
    expect(existsSync(broken?.failure?.log ?? '')).toBe(true);
    expect(place.file('sweep.csv')).toContain('failed');
  });

  test('of which the boots of one cell fail in the middle leaves that cell out, and tries it again beside the base', async () => {
    // The probe's two boots come through; those after it do not, but for the second time round.
    const place = placeOf(
      'matrix: { machine.cpu: [fast, shaky, slow] }',
      `[ "$cpu" != shaky ] || { echo x >> FILE; n=$(wc -l < FILE); [ $n -le 2 ] || [ $n -gt 6 ] || exit 77; }`,
    );
    const vm = join(place.base, 'vm', 'fake-hypervisor');
    writeFileSync(vm, readFileSync(vm, 'utf8').replaceAll('FILE', join(place.base, 'shaky')));
    const { status } = await place.call('cells.yaml');
    expect(status).toBe(0);
    const shaky = place.report().cells[1];
    expect(shaky).toMatchObject({ status: 'measured', attempt: 2, job: 'measure-1-again-1' });
    // It was booted in turn with the base once more.
    expect(shaky?.figures?.against).toBeDefined();
    expect(place.boots().filter((boot) => boot.startsWith('slow'))).toHaveLength(2 + 2 * 7);
  });

  test('that is killed is gone on with: no boot twice, nothing that is finished again', async () => {
    const place = placeOf(`together: 2\nmatrix: { machine.memory: [64, 128, 256] }`);
    const child = spawn(process.execPath, [builtCli, 'sweep', 'cells.yaml', '--workspace', 'w'], {
      cwd: place.base,
      stdio: 'ignore',
    });
    // In the middle of the second session.
    const deadline = Date.now() + 60_000;
    while (!existsSync(join(place.base, 'booted')) || place.boots().length < 2 * 2 + 2 * 2 * 7 + 2 * 2 + 10) {
      expect(Date.now()).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill('SIGKILL');
    await once(child, 'close');
    const outcomes = join(place.base, 'w', 'sweeps', 'latest', 'outcomes');
    expect(readdirSync(outcomes).filter((name) => name.startsWith('cell-'))).toHaveLength(2);
    const before = place.boots().length;
    const soFar = await place.call('status', 'latest');
    expect(soFar).toMatchObject({ status: 130, stderr: '' });
    expect(soFar.stdout).toMatch(
      /^sweep \S+-cells-\S+: begun just now, last news just now\n\ncells: 2 measured, 1 waiting/,
    );
    expect((await place.call('list')).stdout).toMatch(/^sweep .*\n\S+-cells-\S+ +2 +0 +1 {2}open +just now\n$/);

    const { status, stdout } = await place.call('--attach', 'latest');
    expect(status).toBe(0);
    expect(stdout).toContain('3 measured');
    // Two sessions of two cells, and perhaps the boot that was under way once more.
    const all = 2 * 2 + 2 * 2 * 7 + 2 * 2 + 2 * 2 * 7;
    expect(place.boots().length).toBeGreaterThan(before);
    // The base is probed in the first session alone: its result is in the cache.
    expect(place.boots().length).toBeLessThanOrEqual(all - 2 + 1);
    expect(place.boots().length).toBeGreaterThanOrEqual(all - 2);

    const count = place.boots().length;
    expect((await place.call('--attach', place.report().id)).status).toBe(0);
    expect(place.boots()).toHaveLength(count);
    expect(place.report().cells[2]?.figures?.against).toBeDefined();
    const listed = JSON.parse((await place.call('list', '--json')).stdout) as unknown;
    expect(listed).toMatchObject({ id: place.report().id, state: 'over', measured: 3, failed: 0, waiting: 0 });
    expect((await place.call('status', place.report().id)).status).toBe(0);
  });

  test('is cancelled from elsewhere, and what is measured stays', async () => {
    const place = placeOf('together: 2\nmatrix: { machine.memory: [64, 128, 256, 512] }\nset: { measure.boots: 40 }');
    const child = spawn(process.execPath, [builtCli, 'sweep', 'cells.yaml', '--workspace', 'w'], {
      cwd: place.base,
      stdio: 'ignore',
    });
    const deadline = Date.now() + 60_000;
    while (!existsSync(join(place.base, 'booted')) || place.boots().length < 20) {
      expect(Date.now()).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await place.call('cancel', 'latest')).stdout).toContain('cancelled');
    await once(child, 'close');
    expect(child.exitCode).toBe(130);
    expect(place.report()).toMatchObject({ isCancelled: true });
    const count = place.boots().length;
    expect((await place.call('--attach', 'latest')).stdout).toContain('4 waiting, cancelled');
    expect(place.boots()).toHaveLength(count);
  });
});

describe('what a sweep builds', () => {
  test('is built once for all cells that have it, before any boot; a build that fails takes only its cells along', async () => {
    const place = placeOf(
      'matrix: { firmware.source.branch: [main, torn], machine.memory: [64, 128] }\nset: { measure.boots: 2 }',
    );
    const { base } = place;
    makeTinyProject(base, `echo built >> ${base}/built; ! [ -e ${base}/booted ]; ! [ -e torn ]`);
    const repository = join(base, 'repository');
    const git = (...words: string[]): void => {
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], { cwd: repository });
    };
    git('checkout', '-q', '-b', 'torn');
    writeFileSync(join(repository, 'Makefile'), 'all:\n\t@echo torn >> ' + base + '/built\n\t@false\n');
    git('commit', '-qam', 'torn');
    git('checkout', '-q', 'main');
    const firmware = `firmware:
  source: { git: "file://${repository}", branch: main }
  build: { system: make, targets: [all] }
  outputs: { image: bios.bin }
`;
    writeFileSync(join(base, 'built.yaml'), `extends: ./fake.yaml\n${firmware}`);
    writeFileSync(
      join(base, 'cells.yaml'),
      readFileSync(join(base, 'cells.yaml'), 'utf8').replace('./fake.yaml', './built.yaml'),
    );
    const dry = await place.call('cells.yaml', '--dry-run');
    expect(dry.stdout).toContain('2 builds, before anything is booted\n  build-firmware-1, for 2 cells');
    const { status, stdout } = await place.call('cells.yaml');
    expect(status).toBe(1);
    expect(stdout).toContain('2 measured, 2 failed');
    expect(readFileSync(join(base, 'built'), 'utf8')).toBe('built\ntorn\ntorn\n');
    const [, , torn] = place.report().cells;
    expect(torn).toMatchObject({ status: 'failed', attempt: 2, failure: { step: 'make:firmware' } });
    expect(readFileSync(torn?.failure?.log ?? '', 'utf8')).toContain('make');
  });
});

describe('a dry run', () => {
  test('names the cells and the builds, and does nothing', async () => {
    const place = placeOf(FOUR);
    const { status, stdout } = await place.call('cells.yaml', '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('cells: 4 cells\n  1  cpu=fast memory=64');
    expect(stdout).toContain('1 session of up to 64 cells in turn');
    expect(existsSync(join(place.base, 'booted'))).toBe(false);
    expect(existsSync(join(place.base, 'w', 'sweeps'))).toBe(false);
  });

  test.each([
    ['matrix: { machine.memory: [64, 4] }', 'cells.yaml:2: machine.memory: found 4'],
    ['matrix: { machine.memroy: [64] }', 'did you mean "memory"'],
    ['matrix: { patches.kernel: [maybe] }', 'on (the patches of the recipe) or off'],
    ['matrix: { with.kernle: [../linux] }', 'with.kernel'],
    ['matrx: { machine.memory: [64] }', 'did you mean "matrix"'],
    ['matrix: { machine.memory: 64 }', 'cells.yaml:2'],
    ['exclude: [{ machine.cpus: 2 }]\nmatrix: { machine.memory: [64] }', 'a key of "matrix": machine.memory'],
    ['exclude: [{ machine.memory: 64 }]\nmatrix: { machine.memory: [64] }', 'every combination'],
    ['retries: many', 'cells.yaml:2: retries: found "many"'],
    ['set: {}', 'machine.memory: [128, 256]'],
    ['matrix: {}', 'cells.yaml:2: matrix: found nothing'],
    ['matrix: { machine.memory: [] }', 'found an empty list, expected a list with at least one entry'],
    ['matrix: { machine.memory: [64] }\nset: { recipe: stock }', '"recipe" stands beside "set"'],
    ['matrx: {}', '"bootlap schema sweep" prints every key'],
  ])('%j is refused with its line and what would be right', async (matrix, words) => {
    const place = placeOf(matrix);
    const { status, stderr } = await place.call('cells.yaml', '--dry-run');
    expect(status).toBe(2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(words);
  });
});
