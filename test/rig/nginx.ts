import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../src/system/distribution.js';
import { freePort } from './free-ports.js';

/** A real nginx on this machine that keeps what is put there, for those who know the password. */
export interface NginxRig {
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** The folder that holds what was put. */
  readonly root: string;
  /** The names of what lies below `ac` or `cas`. */
  names(shelf: 'ac' | 'cas'): string[];
  /** Every line of its access log. */
  requests(): string[];
  close(): Promise<void>;
}

/** Where nginx is; system programs are not on everybody's PATH. */
const program = findProgram('nginx') ?? findProgram('/usr/sbin/nginx');

/** Says why tests with nginx are left out, once; where every test has to run they are not. */
export const withoutNginx: boolean = program === undefined && process.env['BOOTLAP_EVERY_TEST'] === undefined;
if (withoutNginx) {
  console.warn('tests with nginx are left out: it is not installed (apt-get install nginx-light)');
}

/** Starts nginx in a folder, on a free port. */
export async function startNginx(folder: string): Promise<NginxRig> {
  if (program === undefined) {
    throw new Error('nginx is not installed (apt-get install nginx-light)');
  }
  const port = await freePort();
  const root = join(folder, 'store');
  const [user, password] = ['team', 'hush-7f3a'];
  mkdirSync(root);
  writeFileSync(join(folder, 'passwords'), `${user}:{PLAIN}${password}\n`);
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(configuration, configurationFor({ folder, root, port }));
  const log = join(folder, 'error.log');
  const child = spawn(program, ['-p', folder, '-e', log, '-c', configuration], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const address = `http://127.0.0.1:${port}`;
  await answers(address, log);
  return {
    address,
    user,
    password,
    root,
    names: (shelf) => namesIn(join(root, shelf)),
    requests: () => readFileSync(join(folder, 'access.log'), 'utf8').split('\n').filter(Boolean),
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function configurationFor({ folder, root, port }: { folder: string; root: string; port: number }): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
worker_processes 1;
pid ${join(folder, 'pid')};
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 128; }
http {
  access_log ${join(folder, 'access.log')};
  ${temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${root};
    client_max_body_size 0;
    location / {
      auth_basic "cache";
      auth_basic_user_file ${join(folder, 'passwords')};
      dav_methods PUT;
      create_full_put_path on;
    }
  }
}
`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function answers(address: string, log: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer !== undefined) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nginx does not answer: ${spawnSync('tail', [log]).stdout.toString()}`);
}
