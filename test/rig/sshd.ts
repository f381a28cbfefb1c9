import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../src/system/distribution.js';
import { freePort } from './free-ports.js';

/** Hosts that are one machine with a real sshd each, on loopback; known by names of an own ssh configuration. */
export interface SshRig {
  /** Absolute path of the configuration for `ssh -F`. Besides `names` it has `gone`, where nobody listens. */
  readonly config: string;
  /** Ends a host's sshd and all of its connections, as if the host had gone. */
  stop(name: string): Promise<void>;
  close(): Promise<void>;
}

const sshd = findProgram('sshd') ?? findProgram('/usr/sbin/sshd');
const needed = [
  ['openssh-server', sshd],
  ['openssh-client', findProgram('ssh-keygen')],
  ['parallel', findProgram('parallel')],
] as const;
const missing = needed.flatMap(([name, program]) => (program === undefined ? [name] : []));

/** Says why tests with ssh are left out, once; where every test has to run they are not. */
export const withoutSsh: boolean = missing.length > 0 && process.env['BOOTLAP_EVERY_TEST'] === undefined;
if (withoutSsh) {
  console.warn(`tests with ssh are left out: it is not installed (apt-get install ${missing.join(' ')})`);
}

/** Starts a host for each name, in a folder. Jobs there know by BOOTLAP_NODE which one they are on. */
export async function startHosts(folder: string, names: readonly string[]): Promise<SshRig> {
  if (sshd === undefined || missing.length > 0) {
    throw new Error(`not installed: ${missing.join(', ')}`);
  }
  for (const key of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  }
  writeFileSync(join(folder, 'authorized'), readFileSync(join(folder, 'user.pub')), { mode: 0o600 });
  if (process.getuid?.() === 0) {
    // Where nothing has started an sshd yet, the folder that one of root's wants is not there.
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  }
  const hosts = new Map<string, { readonly port: number; readonly process: ChildProcess }>();
  for (const name of names) {
    const port = await freePort();
    const configuration = join(folder, `${name}.conf`);
    writeFileSync(configuration, serverText({ folder, name, port }));
    const log = join(folder, `${name}.log`);
    // Its connections belong to its process group, and end with it.
    const child = spawn(sshd, ['-D', '-f', configuration, '-E', log], { stdio: 'ignore', detached: true });
    await listens(port, log);
    hosts.set(name, { port, process: child });
  }
  const config = join(folder, 'ssh.config');
  const gone = await freePort();
  const ports = [...[...hosts].map(([name, { port }]) => [name, port] as const), ['gone', gone] as const];
  writeFileSync(config, clientText(folder, ports));
  const stop = async (name: string): Promise<void> => {
    const child = hosts.get(name)?.process;
    hosts.delete(name);
    if (child?.pid !== undefined && child.exitCode === null) {
      const ended = once(child, 'close');
      endSession(child.pid);
      await ended;
    }
  };
  return {
    config,
    stop,
    close: async () => {
      await Promise.all([...hosts.keys()].map(stop));
    },
  };
}

/** sshd gives each connection a session of its own: they are found as its children. */
function endSession(pid: number): void {
  const text = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const own = new Set([pid]);
  // Only sshd's own processes, two below it: what they have started has to notice by itself.
  for (let depth = 0; depth < 2; depth += 1) {
    pairs.forEach(([child = 0, parent = 0]) => own.has(parent) && isSshd(child) && own.add(child));
  }
  own.forEach((each) => {
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  });
}

function isSshd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sshd';
  } catch {
    return false;
  }
}

function serverText({ folder, name, port }: { folder: string; name: string; port: number }): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, 'host')}
AuthorizedKeysFile ${join(folder, 'authorized')}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AcceptEnv BOOTLAP_*
SetEnv BOOTLAP_NODE=${name}
`;
}

function clientText(folder: string, ports: readonly (readonly [string, number])[]): string {
  const hosts = ports.map(([name, port]) => `Host ${name}\n  Port ${port}\n`);
  return `${hosts.join('')}Host *
  HostName 127.0.0.1
  User ${userInfo().username}
  IdentityFile ${join(folder, 'user')}
  IdentitiesOnly yes
  UserKnownHostsFile ${join(folder, 'known')}
  StrictHostKeyChecking accept-new
  LogLevel ERROR
`;
}

async function listens(port: number, log: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd does not answer: ${readFileSync(log, 'utf8')}`);
}
