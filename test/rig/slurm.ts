import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, lchownSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../src/system/distribution.js';
import { freePorts } from './free-ports.js';

/** A real Slurm on this machine: a controller and three nodes of two processors, none of it root. */
export interface SlurmRig {
  /** What Slurm's commands need. */
  readonly environment: Readonly<Record<string, string>>;
  /** Who it all runs as: the id to call our command line with; missing where the tests' own user does. */
  readonly user?: number;
  readonly nodes: readonly string[];
  /** Runs one of Slurm's commands to its end and gives what it printed. */
  call(program: string, ...words: string[]): string;
  /** Every array that was ever accepted: its number, by the name of the job. A task of an array counts with it. */
  arrays(): ReadonlyMap<string, ReadonlySet<string>>;
  /** Kills a node's daemon. What it has started goes on. */
  killDaemon(name: string): void;
  stopController(): Promise<void>;
  /** Starts it again, as it was or with other settings. */
  startController(settings?: readonly string[]): Promise<void>;
  /** Gives a folder and all in it to who Slurm runs as. */
  give(folder: string): void;
  close(): Promise<void>;
}

const PROGRAMS = ['slurmctld', 'slurmd', 'sbatch', 'squeue'];
const found = PROGRAMS.map((name) => findProgram(name) ?? findProgram(`/usr/sbin/${name}`));

/** Says why tests with Slurm are left out, once; where every test has to run they are not. */
export const withoutSlurm: boolean = found.includes(undefined) && process.env['BOOTLAP_EVERY_TEST'] === undefined;
if (withoutSlurm) {
  console.warn('tests with Slurm are left out: it is not installed (apt-get install slurmctld slurmd slurm-client)');
}

const NODES = ['node1', 'node2', 'node3'];
/** The user `nobody` and its group: daemons that root starts run as it. */
const NOBODY = 65_534;
const READY_WITHIN = 60_000;

/** Starts Slurm in a folder, on free ports of the loopback. `settings`: lines of its configuration that come last. */
export async function startSlurm(folder: string, settings: readonly string[] = []): Promise<SlurmRig> {
  if (found.includes(undefined)) {
    throw new Error('Slurm is not installed (apt-get install slurmctld slurmd slurm-client)');
  }
  const cluster = new Cluster(folder, settings);
  await cluster.start();
  return cluster;
}

class Cluster implements SlurmRig {
  readonly nodes = NODES;
  readonly environment: Readonly<Record<string, string>>;
  readonly user?: number;
  private readonly home: string;
  private ports: readonly number[] = [];
  private readonly daemons = new Map<string, ChildProcess>();

  constructor(
    folder: string,
    private settings: readonly string[],
  ) {
    this.home = join(folder, 'slurm');
    this.environment = { SLURM_CONF: join(this.home, 'slurm.conf') };
    if (process.getuid?.() === 0) {
      this.user = NOBODY;
    }
    for (const each of ['', 'state', ...NODES.map((name) => `spool-${name}`)]) {
      mkdirSync(join(this.home, each));
    }
    this.give(folder);
  }

  async start(): Promise<void> {
    this.ports = await freePorts(1 + NODES.length);
    await this.startController();
    NODES.forEach((name) => this.startNode(name));
    await this.until('three nodes are idle', () => this.call('sinfo', '-h', '-N', '-o', '%T') === 'idle\nidle\nidle\n');
  }

  call(program: string, ...words: string[]): string {
    return execFileSync(program, words, { ...this.manner(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  arrays(): ReadonlyMap<string, ReadonlySet<string>> {
    const byName = new Map<string, Set<string>>();
    const rows = this.call('squeue', '-h', '-t', 'all', '-o', '%j %F').split('\n').filter(Boolean);
    for (const row of rows) {
      const [name = '', number = ''] = row.split(' ');
      byName.set(name, (byName.get(name) ?? new Set()).add(number));
    }
    return byName;
  }

  killDaemon(name: string): void {
    this.daemons.get(name)?.kill('SIGKILL');
  }

  private startNode(name: string): void {
    this.daemon(name, 'slurmd', '-D', '-N', name);
  }

  async stopController(): Promise<void> {
    await end(this.daemons.get('controller'));
  }

  async startController(settings = this.settings): Promise<void> {
    this.settings = settings;
    writeFileSync(join(this.home, 'slurm.conf'), configuration(this.home, this.ports, settings));
    this.daemon('controller', 'slurmctld', '-D');
    await this.until('the controller answers', () => this.call('scontrol', 'ping').includes('is UP'));
  }

  give(folder: string): void {
    const { user } = this;
    if (user === undefined) {
      return;
    }
    chownSync(folder, user, user);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      lchownSync(join(folder, name), user, user);
    }
  }

  async close(): Promise<void> {
    try {
      this.call('scancel', '--user', String(this.user ?? process.getuid?.()));
      await this.until('nothing runs', () => this.call('squeue', '-h') === '', 5_000);
    } catch {
      // A node that was killed keeps its jobs, and a controller that was stopped does not answer.
    }
    await Promise.all([...this.daemons.values()].map(end));
    // A daemon that was killed leaves what it had started.
    this.leftOver().forEach((pid) => signal(pid, 'SIGKILL'));
  }

  private leftOver(): number[] {
    const mark = `SLURM_CONF=${this.environment['SLURM_CONF'] ?? ''}`;
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid && environmentOf(pid).includes(mark));
  }

  private daemon(name: string, program: string, ...words: string[]): void {
    const log = openSync(join(this.home, `${name}.out`), 'a');
    const path = found[PROGRAMS.indexOf(program)] ?? program;
    this.daemons.set(name, spawn(path, words, { ...this.manner(), stdio: ['ignore', log, log] }));
  }

  private manner(): { cwd: string; env: Record<string, string>; uid?: number; gid?: number } {
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.home, ...this.environment };
    const { user } = this;
    return { cwd: this.home, env, ...(user === undefined ? {} : { uid: user, gid: user }) };
  }

  private async until(what: string, holds: () => boolean, within = READY_WITHIN): Promise<void> {
    const deadline = Date.now() + within;
    let last: unknown = '';
    while (Date.now() < deadline) {
      try {
        if (holds()) {
          return;
        }
      } catch (error) {
        last = error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Slurm: not in time: ${what}. ${String(last)}\n${this.said()}`);
  }

  private said(): string {
    const logs = readdirSync(this.home).filter((name) => name.endsWith('.out'));
    return logs.map((name) => `${name}:\n${readFileSync(join(this.home, name), 'utf8').slice(-2_000)}`).join('\n');
  }
}

function configuration(home: string, ports: readonly number[], settings: readonly string[]): string {
  const [controller, ...nodes] = ports;
  const user = process.getuid?.() === 0 ? 'nobody' : userInfo().username;
  return `ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/none
CredType=cred/none
StateSaveLocation=${home}/state
SlurmdSpoolDir=${home}/spool-%n
SlurmctldPidFile=${home}/controller.pid
SlurmdPidFile=${home}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=5
SlurmctldTimeout=10
KillWait=2
MinJobAge=600
SchedulerParameters=sched_interval=2,bf_interval=2
${NODES.map((name, index) => nodeLine(name, nodes[index] ?? 0)).join('\n')}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
${settings.join('\n')}
`;
}

function nodeLine(name: string, port: number): string {
  return `NodeName=${name} NodeHostname=localhost NodeAddr=127.0.0.1 Port=${port} CPUs=2 RealMemory=1000 Feature=any,${name}`;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child?.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}
