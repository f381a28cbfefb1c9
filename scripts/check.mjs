/**
 * `npm run check`: everything that a change has to pass short of the slow tests, side by side.
 * `--skip NAME` leaves a check out; each runs alone as `npm run check:NAME`.
 */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from './set-up/index.mjs';
import { top } from './set-up/place.mjs';

const { values } = parseArgs({ options: { skip: { type: 'string', multiple: true, default: [] } } });
const status = await setUp('tests');
process.exitCode = status === 0 ? await checkAll(checks().filter(({ name }) => !values.skip.includes(name))) : status;

/** The scripts of package.json whose names begin with `check:`. */
function checks() {
  const { scripts } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
  const entries = Object.entries(scripts).filter(([name]) => name.startsWith('check:'));
  return entries.map(([name, command]) => ({ name: name.slice('check:'.length), command }));
}

async function checkAll(queue) {
  const results = [];
  const work = async () => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      results.push(await run(check));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const wrong = results.filter((result) => result.status !== 0);
  console.log(wrong.length === 0 ? 'check: all is well' : `check: ${wrong.map(({ name }) => name).join(', ')} failed`);
  return wrong.length === 0 ? 0 : 1;
}

function run({ name, command }) {
  const started = performance.now();
  const [program, ...args] = command.split(' ');
  const path = [join(top, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const child = spawn(program, args, {
    cwd: top,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => output.push(Buffer.from(String(error))));
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'failed'} ${name} (${seconds} s)`);
      if (code !== 0) {
        console.log(Buffer.concat(output).toString());
      }
      resolve({ name, status: code ?? 1 });
    });
  });
}
