import { expect, test } from 'vitest';
import { samplesCsv } from '../../src/report/csv.js';
import type { Sample } from '../../src/measure/samples.js';
import { knownSamples } from '../rig/vm-summary.js';

const POINTS = ['firmware', 'kernel', 'user-space'];

function rows(samples: readonly Sample[]): Record<string, string>[] {
  const [titles = [], ...lines] = samplesCsv(POINTS, samples)
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  return lines.map((line) => Object.fromEntries(titles.map((title, column) => [title, line[column] ?? ''])));
}

test('a boot that ends at a point fills the column of that point alone', () => {
  for (const [index, sample] of knownSamples().entries()) {
    const row = rows(knownSamples())[index] ?? {};
    expect(row).toMatchObject({
      boot: String(index),
      method: 'exit',
      point: sample.point,
      elapsed_ns: sample.elapsedNs,
    });
    const filled = POINTS.filter((point) => row[`ns:${point}`] !== '');
    expect(filled).toEqual([sample.point]);
    expect(row[`ns:${sample.point}`]).toBe(sample.elapsedNs);
  }
});

test('a traced boot fills all of them, and one that failed none', () => {
  const [good, bad] = rows(knownSamples({ 1: 'hung' }, 'trace'));
  expect(POINTS.map((point) => good?.[`ns:${point}`])).toEqual(['38000000', '45000000', '1840000000']);
  expect(bad).toMatchObject({ outcome: 'hung', 'ns:firmware': '', 'ns:user-space': '' });
});

test('what a table calculator would take for more cells is quoted', () => {
  const [sample] = knownSamples();
  const odd = { ...(sample ?? expect.fail()), point: 'a,"b"' };
  expect(samplesCsv([], [odd])).toContain(',"a,""b""",');
});
