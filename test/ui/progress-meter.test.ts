import { expect, test } from 'vitest';
import { ProgressMeter } from '../../src/ui/progress-meter.js';

test('a download shows what is there, what is to come, and its rate', () => {
  const meter = new ProgressMeter();
  meter.report({ done: 0, total: 130e6, unit: 'bytes', note: 'deb.example' }, 0);
  meter.report({ done: 10e6, total: 130e6, unit: 'bytes', note: 'deb.example' }, 2000);
  expect(meter.words()).toBe('10.0 MB of 130 MB, 5.0 MB/s, deb.example');
});

test('what an earlier run had downloaded already does not count as speed', () => {
  const meter = new ProgressMeter();
  meter.report({ done: 100e6, total: 130e6, unit: 'bytes' }, 0);
  meter.report({ done: 101e6, total: 130e6, unit: 'bytes' }, 1000);
  expect(meter.words()).toBe('101 MB of 130 MB, 1.0 MB/s');
});

test('a second file after the first has a rate of its own', () => {
  const meter = new ProgressMeter();
  meter.report({ done: 50e6, total: 50e6, unit: 'bytes' }, 0);
  meter.report({ done: 0, total: 20e6, unit: 'bytes' }, 60_000);
  meter.report({ done: 2e6, total: 20e6, unit: 'bytes' }, 61_000);
  expect(meter.words()).toBe('2.0 MB of 20.0 MB, 2.0 MB/s');
});

test('boots show how many of how many, and the running median', () => {
  const meter = new ProgressMeter();
  meter.report({ done: 12, total: 60, unit: 'boots', note: 'median 1.23 s' }, 0);
  expect(meter.words()).toBe('12 of 60 boots, median 1.23 s');
});

test('nothing is shown before there is something to show', () => {
  expect(new ProgressMeter().words()).toBe('');
});
