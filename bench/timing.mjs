// Timing of whole processes.

import { spawnSync } from 'node:child_process';

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
