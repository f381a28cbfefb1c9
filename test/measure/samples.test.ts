import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BootEnd } from '../../src/measure/boot.js';
import {
  appendSample,
  pairedSeries,
  parseSamples,
  recoverSamples,
  sampleOf,
  series,
  type Sample,
} from '../../src/measure/samples.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlap-samples-'));
  path = join(folder, 'samples.ndjson');
});

afterEach(() => rmSync(folder, { recursive: true }));

const END: BootEnd = {
  startNs: 9_007_199_254_740_993n,
  endNs: 9_007_199_254_740_995n,
  elapsedNs: 2n,
  status: 3,
  timedOut: false,
  markers: [],
  endedAtMarker: false,
  memoryLocked: true,
  userNs: 1n,
  sysNs: 1n,
  maxRssKib: 1,
  minorFaults: 1,
  majorFaults: 0,
  voluntarySwitches: 1,
  involuntarySwitches: 0,
  console: 'hello\r\n',
  errors: '',
};

function sample(boot: number, outcome: Sample['outcome'] = 'reached', warmup = false): Sample {
  return sampleOf({ boot, block: boot, warmup, method: 'exit', point: 'a' }, END, {
    outcome,
    session: 1,
    at: '2026-01-01T00:00:00.000Z',
    points: [],
  });
}

test('what was written is read back', () => {
  const samples = [sample(0), sample(1, 'hung')];
  samples.forEach((each) => appendSample(path, each));
  expect(recoverSamples(path)).toEqual(samples);
  expect(parseSamples(readFileSync(path, 'utf8'))).toEqual(samples);
});

test('a stamp of a machine that has been up for months loses no digit', () => {
  expect(sample(0)).toMatchObject({ startNs: '9007199254740993', endNs: '9007199254740995' });
});

test('a boot that failed keeps its last words, a good one needs none', () => {
  expect(sample(0, 'panicked').console).toEqual(['hello']);
  expect(sample(0)).not.toHaveProperty('console');
});

test('at whatever byte the last line was torn, only that boot is lost and the next one is whole', () => {
  appendSample(path, sample(0));
  const first = readFileSync(path, 'utf8');
  const line = `${JSON.stringify(sample(1))}\n`;
  for (let length = 1; length < line.length; length++) {
    writeFileSync(path, first + line.slice(0, length));
    expect(recoverSamples(path)).toEqual([sample(0)]);
    expect(readFileSync(path, 'utf8')).toBe(first);
  }
});

test('behind a damaged line nothing is believed', () => {
  appendSample(path, sample(0));
  appendFileSync(path, '{"boot":\n');
  appendSample(path, sample(2));
  expect(recoverSamples(path)).toEqual([sample(0)]);
});

test('no file is no sample', () => {
  expect(recoverSamples(path)).toEqual([]);
});

test('failed boots and warm-up boots are in no figure', () => {
  const all = [sample(0, 'reached', true), sample(1), sample(2, 'hung'), sample(3, 'panicked')];
  expect(series(all, 'a', 'exit')).toEqual([2]);
});

const POINTS = [
  { name: 'a', port: 1, value: 1 },
  { name: 'b', port: 2, value: 2 },
];

function traced(boot: number, stamps: readonly [bigint, bigint], outcome: Sample['outcome'] = 'reached'): Sample {
  const markers = stamps.map((ns, marker) => ({ marker, byte: marker + 1, ns }));
  const facts = { outcome, session: 1, at: '2026-01-01T00:00:00.000Z', points: POINTS };
  const planned = { boot, block: boot, warmup: boot === 0, method: 'trace', point: 'b' } as const;
  return sampleOf(planned, { ...END, markers, endedAtMarker: true }, facts);
}

test('a traced boot has a stamp for each point, and one that failed has what it wrote instead', () => {
  expect(traced(1, [5n, 7n])).toMatchObject({ method: 'trace', point: 'b', markersNs: { a: '5', b: '7' } });
  const bad = traced(1, [5n, 7n], 'hung');
  expect(bad).not.toHaveProperty('markersNs');
  expect(bad.writes).toEqual([
    { port: 1, value: 1, ns: '5' },
    { port: 2, value: 2, ns: '7' },
  ]);
});

test('a phase of traced boots is the difference within each boot, and boots of the two methods are never mixed', () => {
  const all = [traced(0, [1n, 2n]), traced(1, [5n, 7n]), sample(2), traced(3, [6n, 9n]), traced(4, [1n, 2n], 'hung')];
  expect(series(all, 'a', 'trace')).toEqual([5, 6]);
  expect(series(all, 'b', 'trace')).toEqual([7, 9]);
  expect(series(all, 'a', 'exit')).toEqual([2]);
  expect(pairedSeries(all, 'a', 'b')).toEqual([2, 3]);
  expect(pairedSeries(all, undefined, 'b')).toEqual([7, 9]);
});
