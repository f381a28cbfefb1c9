import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { calibrationDocument, type CalibrationDocument } from '../../src/report/calibration.js';
import { judgeFitness } from '../../src/report/calibration-fitness.js';
import { calibrationMarkdown } from '../../src/report/calibration-markdown.js';
import { calibrationLines } from '../../src/report/calibration-table.js';
import { percentNumber, spanText } from '../../src/report/calibration-words.js';
import { samplesOf, sideOf, type Truth } from '../rig/measured.js';
import { guestRecipe } from '../rig/vm-step.js';
import { knownRecord } from '../rig/vm-summary.js';

/** Boots that are 1.5 seconds apart, of a VM and of itself, unless `b` says otherwise. */
function calibrated(truth: Truth = {}, b: Truth = {}): CalibrationDocument {
  const arms = { a: { boots: 40, seed: 1, ...truth }, b: { boots: 40, seed: 2, ...truth, ...b } };
  const method = truth.method ?? 'trace';
  const known = knownRecord(method);
  const probe = { ...known.probe, accelerator: 'kvm', reason: 'kvm-boots' } as const;
  const record = { ...known, probe, plan: { ...known.plan, boots: 40 }, ...truth.record };
  const [ours, theirs] = [samplesOf(arms.a), samplesOf(arms.b)];
  const samples = ours
    .flatMap((sample, index) => [sample, theirs[index] ?? expect.fail()])
    .map((sample, index) => ({ ...sample, at: new Date(1.7e12 + 1500 * index).toISOString() }));
  const sides = { a: sideOf(arms.a), b: sideOf(arms.b) };
  return calibrationDocument({ recipe: guestRecipe(), ...sides, record, samples, set: [], with: [] });
}

test('a quiet machine is fit, and told with how many boots it sees 1 %', () => {
  const { fitness, seconds, bootsASide } = calibrated({ noise: 0.004 });
  expect({ verdict: fitness.verdict, above: fitness.above, bootsASide }).toEqual({
    verdict: 'fit',
    above: 0.01,
    bootsASide: 40,
  });
  expect(fitness.suggestion?.boots).toBe(20);
  expect(seconds.aBoot).toBeCloseTo(1.5);
  // Two sides, one traced boot each.
  expect(seconds.aBootOfASide).toBeCloseTo(3);
});

test('a machine on which boots vary is fit for greater differences, with gates to match', () => {
  const document = calibrated({ noise: 0.08 });
  const { verdict, above = 0, because, suggestion } = document.fitness;
  expect(verdict).toBe('limited');
  expect(above).toBeGreaterThan(0.01);
  expect(because).toMatchObject([{ kind: 'varies', boots: 200 }]);
  expect(suggestion).toMatchObject({ boots: 200, threshold: above });
  expect(suggestion?.gates[0]).toEqual({ target: 'total', difference: above });
  expect(calibrationLines(document).join('\n')).toContain(`--fail-if 'total > +${above * 100}%'`);
});

test('what disturbs is named in the verdict and told with its cure', () => {
  const quiet = knownRecord('trace').host;
  const document = calibrated({ noise: 0.004, record: { host: { ...quiet, turbo: true, governor: 'powersave' } } });
  expect(document.fitness).toMatchObject({ verdict: 'limited', above: 0.01 });
  const text = calibrationLines(document).join('\n');
  expect(text).toContain('fit for differences above 1 %: the frequency follows the load; turbo is on');
  expect(text).toContain('no_turbo');
});

test.each([
  [
    'that finds a difference where there is none',
    calibrated({ noise: 0.01 }, { milliseconds: { 'user-space': 1900 } }),
    'between a VM and itself',
  ],
  ['that sees nothing small', calibrated({ noise: 0.9 }), '200 boots a side see'],
])('a machine %s is not fit', (_, document, words) => {
  expect(document.fitness.verdict).toBe('unfit');
  expect(document.fitness.suggestion).toBeUndefined();
  const text = calibrationLines(document).join(' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('not fit: ');
  expect(text).toContain(words);
  expect(text).not.toContain('bootlap compare');
});

test('without figures there is no verdict but that', () => {
  expect(judgeFitness([], [])).toEqual({ verdict: 'unfit', because: [{ kind: 'too-few' }] });
});

test('of forty calibrations of a machine that is fit, hardly any says otherwise', () => {
  let wrong = 0;
  for (let seed = 1; seed <= 40; seed += 1) {
    wrong += calibrated({ noise: 0.01, seed: 2 * seed }, { seed: 2 * seed + 1 }).fitness.verdict === 'fit' ? 0 : 1;
  }
  expect(wrong).toBeLessThanOrEqual(2);
}, 120_000);

describe('a calibration', () => {
  const documents = [
    ['that is fit', calibrated({ noise: 0.004 })],
    ['with one point a boot', calibrated({ noise: 0.004, method: 'exit' })],
    ['that varies', calibrated({ noise: 0.08 })],
    ['that is not fit', calibrated({ noise: 0.01 }, { milliseconds: { firmware: 60, 'user-space': 1900 } })],
    ['of very noisy boots', calibrated({ noise: 0.9 })],
  ] as const;

  test.each(documents)('%s fits 80 columns and has no holes', (_, document) => {
    const lines = calibrationLines(document);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join('\n')).not.toMatch(/undefined|NaN|Infinity|\bnull\b/);
    expect(calibrationMarkdown(document)).not.toMatch(/undefined|NaN|Infinity|\bnull\b/);
  });

  test.each(documents)('%s has the same figures as Markdown', (_, document) => {
    const markdown = calibrationMarkdown(document);
    expect(markdown.split('\n').filter((line) => line.startsWith('| total'))).toHaveLength(2);
    expect(markdown).toContain(
      calibrationLines(document).find((line) => line.startsWith('takes about')) ? 'takes about' : '',
    );
  });
});

test('the command that is suggested names the recipe as it was called for, as a shell takes it', () => {
  const document = { ...calibrated({ noise: 0.004 }), calledAs: './my recipe.yaml' };
  expect(calibrationLines(document).join('\n')).toContain("  bootlap compare './my recipe.yaml' B --set");
});

test('the command that is suggested sets what was set for the calibration, but for how many boots there were', () => {
  const set = [
    'machine.append=a --b',
    'measure.tune=true',
    'measure.boots=30',
    'measure.for=60s',
    'measure.until=null',
  ];
  const document = { ...calibrated({ noise: 0.004 }), calledAs: 'stock', set, with: ['kernel=~/linux'] };
  const lines = calibrationLines(document, { width: 80 });
  const command = lines.slice(lines.findIndex((line) => line.includes('bootlap compare')));
  const end = command.findIndex((line) => !line.endsWith('\\')) + 1;
  const boots = /measure\.boots=\d+/.exec(command.join())?.[0] ?? '';
  const copied = execFileSync('/bin/sh', ['-c', `printf '%s ' ${command.slice(0, end).join('\n')}`], {
    encoding: 'utf8',
  });
  expect(copied.trim()).toBe(
    'bootlap compare stock B --with kernel=~/linux --set machine.append=a --b --set measure.tune=true' +
      ` --set measure.until=null --set ${boots} --threshold 1% --fail-if total > +1%`,
  );
  expect(Math.max(...command.slice(0, end).map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(calibrationMarkdown(document)).toContain(`--set 'machine.append=a --b' --set measure.tune=true`);
});

test('names and texts of a machine are no Markdown, and the command stands as it is', () => {
  const { host } = knownRecord('trace');
  const document = calibrated({ noise: 0.004, record: { host: { ...host, cpu: '<img src=x> [here](//there) @all' } } });
  const markdown = calibrationMarkdown(document);
  expect(markdown).toContain('on \\<img src=x> \\[here\\](//there) @<!-- -->all, ');
  expect(markdown).toContain(`--fail-if 'total > +1%'\n\`\`\``);
});

test.each([
  [0.0004, '0.04'],
  [0.004, '0.4'],
  [0.01, '1.0'],
  [0.015, '1.5'],
  [0.12, '12'],
])('a share of %f is written %s %%', (share, text) => {
  expect(percentNumber(share)).toBe(text);
});

test.each([
  [0.2, '1s'],
  [95, '95s'],
  [130, '2m'],
  [5900, '98m'],
  [9000, '3h'],
  [400_000, '5d'],
])('%f seconds are planned with as %s', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});
