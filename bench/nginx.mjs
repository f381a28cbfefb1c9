// A real nginx on this machine that keeps what is put there: what a shared cache needs and no more.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** Starts one in a new folder, on a free port. Ends with an error where nginx is missing or does not answer. */
export async function startNginx(folder) {
  mkdirSync(join(folder, 'store'), { recursive: true });
  const port = await freePort();
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(configuration, configurationFor(folder, port));
  const child = spawn('nginx', ['-p', folder, '-e', join(folder, 'error.log'), '-c', configuration], {
    stdio: 'inherit',
    env: { ...process.env, PATH: [process.env.PATH, '/usr/sbin'].join(delimiter) },
  });
  const ended = new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${error.message} (apt-get install nginx-light)`)));
    child.once('close', resolve);
  });
  await Promise.race([answers(port), ended]);
  return {
    address: `http://127.0.0.1:${port}`,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function configurationFor(folder, port) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
pid ${join(folder, 'pid')};
${process.getuid() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${join(folder, 'store')};
    client_max_body_size 0;
    location / { dav_methods PUT; create_full_put_path on; }
  }
}
`;
}

async function answers(port) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isOpen(port)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nginx does not answer at port ${port}`);
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
