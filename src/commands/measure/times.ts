import { join } from 'node:path';
import { parseSamples, type Sample } from '../../measure/samples.js';
import type { Point } from '../../recipe/schema.js';
import { readTextIfThere } from '../../system/files.js';
import { portText } from './exits.js';

/** Lines as bash's `time` prints them, of the boots that count; for each kind of boot when there are several. */
export function timeLines(points: readonly Point[], runFolder: string): string[] {
  const samples = parseSamples(readTextIfThere(join(runFolder, 'samples.ndjson')) ?? '');
  const counting = samples.filter(({ warmup, outcome }) => !warmup && outcome === 'reached');
  const traced = counting.filter(({ method }) => method === 'trace');
  const exits = points.map(({ name, port }) => ({
    title: portText(port),
    boots: counting.filter(({ method, point }) => method === 'exit' && point === name),
  }));
  const kinds = [
    ...(traced.length > 0 && traced.length === counting.length ? [] : exits),
    ...(traced.length > 0 ? [{ title: 'all ports', boots: traced }] : []),
  ];
  return kinds.flatMap(({ title, boots }) => {
    const heading =
      kinds.length > 1 || points.length > 1 ? [`${title}, ${boots.length} boot${boots.length === 1 ? '' : 's'}`] : [];
    return ['', ...heading, ...timesOf(boots)];
  });
}

function timesOf(boots: readonly Sample[]): string[] {
  const total = (key: 'elapsedNs' | 'userNs' | 'sysNs'): bigint =>
    boots.reduce((sum, boot) => sum + BigInt(boot[key]), 0n);
  return [
    `real\t${bashTime(total('elapsedNs'))}`,
    `user\t${bashTime(total('userNs'))}`,
    `sys\t${bashTime(total('sysNs'))}`,
  ];
}

/** Nanoseconds in the form of bash: `0m47.123s`. */
export function bashTime(nanoseconds: bigint): string {
  const milliseconds = (nanoseconds + 500_000n) / 1_000_000n;
  const seconds = (milliseconds / 1000n) % 60n;
  return `${milliseconds / 60_000n}m${seconds}.${String(milliseconds % 1000n).padStart(3, '0')}s`;
}
