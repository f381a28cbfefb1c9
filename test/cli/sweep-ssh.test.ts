import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { SweepReport } from '../../src/report/sweep/report.js';
import { bootlap, builtCli, type Called } from '../rig/cli.js';
import { writeFinishedFiles } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';
import { startObjectServer } from '../rig/object-server.js';
import { keyPair } from '../rig/share.js';
import { startHosts, withoutSsh, type SshRig } from '../rig/sshd.js';

const folder = temporaryFolders();
const rigs: SshRig[] = [];
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.close()));
});

/** A name with signs of which a shell, or GNU parallel, would make something. */
const WORKSPACE = "it's {} $HOME; {= die =}";

interface SweepWish {
  readonly hosts: string;
  readonly more: string;
  readonly body?: string;
  readonly results?: 'folder' | 'cache';
}

/** A sweep over hosts, and its workspace, which all of them see. */
class Place {
  readonly base = folder();

  constructor(readonly rig: SshRig) {}

  static async of(names: readonly string[]): Promise<Place> {
    const rig = await startHosts(folder(), names);
    rigs.push(rig);
    return new Place(rig);
  }

  write({ hosts, more, body = '', results = 'folder' }: SweepWish): void {
    const { base } = this;
    const vm = `echo "$cpu $memory" >> ${base}/booted
${body}
case "$port" in 0xf5) exit 3 ;; 0xf6) sleep 0.02; exit 5 ;; esac`;
    writeFinishedFiles(base, { body: vm, cpu: 'fast', measure: '{ method: exit, boots: 4, warmup: 0 }' });
    writeFileSync(
      join(base, 'cells.yaml'),
      `recipe: ./fake.yaml
executor: ssh
ssh: { hosts: [${hosts}], config: ${this.rig.config} }
hosts: { workspace: ${join(base, 'hosts')}, results: ${results} }
${more}
`,
    );
  }

  call(...words: string[]): Promise<Called> {
    return bootlap(['sweep', ...words, '--workspace', WORKSPACE], { folder: this.base });
  }

  /** A front end that is at work by itself; `ended` gives its exit status. */
  start(): { readonly front: ChildProcess; readonly ended: Promise<number | null>; readonly said: () => string } {
    const words = [builtCli, 'sweep', 'cells.yaml', '--workspace', WORKSPACE];
    const front = spawn(process.execPath, words, { cwd: this.base, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    front.stdout.on('data', (text: Buffer) => (said += text.toString()));
    front.stderr.on('data', (text: Buffer) => (said += text.toString()));
    return { front, ended: once(front, 'close').then(() => front.exitCode), said: () => said };
  }

  boots(): string[] {
    try {
      return readFileSync(join(this.base, 'booted'), 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  }

  report(): SweepReport {
    return JSON.parse(
      readFileSync(join(this.base, WORKSPACE, 'sweeps', 'latest', 'sweep.json'), 'utf8'),
    ) as SweepReport;
  }

  runs(): string[] {
    return readdirSync(join(this.base, WORKSPACE, 'sweeps', 'latest', 'handovers')).filter((name) =>
      name.includes('.ssh-'),
    );
  }
}

async function until(what: () => boolean, said = (): string => ''): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!what()) {
    expect(Date.now(), said()).toBeLessThan(deadline);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(withoutSsh)('a sweep by ssh', { timeout: 120_000 }, () => {
  test('measures on several hosts, leaves out the one that does not answer, and says where each cell was', async () => {
    const place = await Place.of(['one', 'two']);
    place.write({ hosts: 'one, gone, two', more: 'together: 2\nmatrix: { machine.memory: [64, 128, 256, 512] }' });
    const { status, stdout, stderr } = await place.call('cells.yaml');
    expect({ status, stderr: stderr.replaceAll(/port \d+/g, 'port N') }).toEqual({
      status: 0,
      stderr: 'gone is left out: ssh: connect to host 127.0.0.1 port N: Connection refused\n',
    });
    expect(stdout).toContain('4 measured');
    const { cells } = place.report();
    expect(new Set(cells.map(({ node }) => node))).toEqual(new Set(['one', 'two']));
    // Four probes, the base's on each host, and three sessions of two cells.
    expect(place.boots().filter((boot) => boot.endsWith(' 512'))).toHaveLength(2 + 2 * 4);
    // What hosts had of each other takes no room any more.
    expect(existsSync(join(place.base, WORKSPACE, 'sweeps', 'latest', 'store'))).toBe(false);
    expect(existsSync(join(process.env['HOME'] ?? '', '.parallel', 'will-cite'))).toBe(false);
  });

  test('says of each host why it cannot, where none can', async () => {
    const place = await Place.of([]);
    place.write({ hosts: 'gone', more: 'matrix: { machine.memory: [64, 128] }' });
    const { status, stderr } = await place.call('cells.yaml');
    expect(status).toBe(3);
    expect(stderr).toContain('none of the hosts can carry a job out');
    expect(stderr).toContain('gone: ssh: connect to host 127.0.0.1');
  });

  test('goes on when its front end is killed, and is found again: no boot twice', async () => {
    const place = await Place.of(['one', 'two']);
    const more = 'together: 2\nset: { measure.boots: 30 }\nmatrix: { machine.memory: [64, 128, 256] }';
    place.write({ hosts: 'one, two', more });
    const { front, ended } = place.start();
    await until(() => place.boots().length > 30);
    front.kill('SIGKILL');
    await ended;
    const { status, stdout } = await place.call('--attach', 'latest');
    expect(status).toBe(0);
    expect(stdout).toContain('under way on one, two');
    expect(place.report().cells.map((cell) => cell.status)).toEqual(['measured', 'measured', 'measured']);
    expect(place.runs()).toHaveLength(1);
    // Each cell's probe, the base's on both hosts, and two sessions of two cells.
    expect(place.boots()).toHaveLength(4 * 2 + 2 * 2 * 2 * 30);
  });

  test('gives what a lost host had to another one', async () => {
    const place = await Place.of(['one', 'two']);
    const more = 'together: 2\nset: { measure.boots: 40 }\nmatrix: { machine.memory: [64, 128, 256] }';
    place.write({ hosts: 'one, two', more });
    const { ended, said } = place.start();
    await until(() => place.boots().length > 30 && existsSync(join(place.base, 'hosts', 'one')), said);
    await place.rig.stop('one');
    expect(await ended, said()).toBe(0);
    const { cells } = place.report();
    expect(cells.map(({ status, node }) => `${status} ${node ?? ''}`)).toEqual(Array(3).fill('measured two'));
  });

  test('that is cancelled ends its jobs on their hosts', async () => {
    const place = await Place.of(['one']);
    place.write({ hosts: 'one', more: 'set: { measure.boots: 500 }\nmatrix: { machine.memory: [64, 128] }' });
    const { ended } = place.start();
    await until(() => place.boots().length > 10);
    expect((await place.call('cancel', 'latest')).stdout).toContain('cancelled');
    expect(await ended).toBe(130);
    const count = place.boots().length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(place.boots()).toHaveLength(count);
  });
});

describe.skipIf(withoutSsh)('a sweep whose results travel through the shared cache', { timeout: 120_000 }, () => {
  test('needs no folder that all hosts see: recipes go out, figures and logs come back, both signed', async () => {
    const place = await Place.of(['one', 'two']);
    place.write({
      hosts: 'one, two',
      more: 'together: 2\nmatrix: { machine.cpu: [fast, slow, broken] }',
      body: '[ "$cpu" != broken ] || exit 77',
      results: 'cache',
    });
    const server = await startObjectServer();
    const { privateFile, publicFile } = keyPair(place.base);
    const environment = {
      BOOTLAP_REMOTE_CACHE: server.address,
      BOOTLAP_REMOTE_CACHE_KEY: privateFile,
      BOOTLAP_TRUST: publicFile,
    };
    const { status, stdout, stderr } = await bootlap(['sweep', 'cells.yaml', '--workspace', WORKSPACE], {
      folder: place.base,
      environment,
    });
    await server.close();
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('2 measured, 1 failed');
    const { cells } = place.report();
    expect(cells.map((cell) => cell.status)).toEqual(['measured', 'measured', 'failed']);
    expect(cells[2]).toMatchObject({ attempt: 2, failure: { step: 'probe' } });
    expect(cells[2]?.failure?.log).toContain(join(place.base, WORKSPACE));
    expect(readFileSync(cells[2]?.failure?.log ?? '', 'utf8')).toContain('77');
    expect(existsSync(join(place.base, WORKSPACE, 'sweeps', 'latest', 'cells', '2', 'samples.ndjson'))).toBe(true);
  });
});
