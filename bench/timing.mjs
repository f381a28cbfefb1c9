// Timing of whole processes.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';

/** Runs a program to its end and gives the wall time in seconds; a status other than `expected` throws. */
export function time(program, args, { cwd, env, expected = 0, quiet = true } = {}) {
  const started = process.hrtime.bigint();
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    maxBuffer: 1 << 30,
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (result.status !== expected) {
    throw new Error(
      `${program} ${args.join(' ')} ended with ${result.status ?? result.error}\n${result.stdout}\n${result.stderr}`,
    );
  }
  return seconds;
}

/** Runs Node to its end; gives wall time and time of the processor (with that of its children) in seconds, and its own most memory in megabytes. */
export async function watched(args, { cwd } = {}) {
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  let used = { processor: 0, megabytes: 0 };
  const look = setInterval(() => (used = usedBy(child.pid) ?? used), 20);
  const [status] = await once(child, 'exit');
  clearInterval(look);
  if (status !== 0) {
    throw new Error(`${args.join(' ')} ended with ${status}`);
  }
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, ...used };
}

/** Nothing when it has ended. */
function usedBy(pid) {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    // Of the process, and of its children that have ended, each in user and in system mode; a tick is 10 ms.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return kilobytes === undefined ? undefined : { processor: ticks / 100, megabytes: Number(kilobytes) / 1000 };
  } catch {
    return undefined;
  }
}

/** Times several things in turn, round after round, so that drift of the machine meets all of them; gives medians. */
export function interleaved(rounds, contenders) {
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      times[name].push(run(round));
    }
  }
  const medians = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
  for (const [name, list] of Object.entries(times)) {
    console.log(`${name}: ${list.map((value) => value.toFixed(3)).join(' ')} s, median ${medians[name].toFixed(3)} s`);
  }
  return medians;
}

/** The middle of a list. */
export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
