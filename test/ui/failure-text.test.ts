import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import { failureLines } from '../../src/ui/failure-lines.js';
import { explainFailure } from '../../src/ui/failure-text/index.js';
import { plainPaint } from '../../src/ui/paint.js';
import {
  kvmRequired,
  probeFailed,
  SAMPLE_DIAGNOSES,
  SAMPLE_FAILURES,
  SAMPLE_FAULTS,
  SAMPLE_OBSTACLES,
} from './sample-failures.js';

const page = { paint: plainPaint, columns: () => Number.POSITIVE_INFINITY };

const failures: readonly Failure[] = [
  ...Object.values(SAMPLE_FAILURES),
  ...Object.values(SAMPLE_DIAGNOSES).map(probeFailed),
  ...Object.values(SAMPLE_OBSTACLES).map(kvmRequired),
  ...Object.values(SAMPLE_FAULTS).map((fault) => ({ ...SAMPLE_FAILURES['file-unfit'], fault })),
];

describe.each(failures.map((failure) => [nameOf(failure), failure] as const))(
  'the message for %s',
  (_name, failure) => {
    const text = failureLines({ failure }, page).join('\n');

    test('holds every fact that the failure carries', () => {
      for (const fact of factsOf(failure)) {
        expect(
          spellings(fact).some((spelling) => text.includes(spelling)),
          `"${fact}" is missing in:\n${text}`,
        ).toBe(true);
      }
    });

    test('is one sentence first, and ends with the next thing to try', () => {
      const { headline, hint } = explainFailure(failure);
      expect(headline).toMatch(/^\S.*[^.\s]$/);
      expect(headline).not.toContain('\n');
      expect(hint.length).toBeGreaterThan(10);
      expect(text.split('\n').at(-1)).toContain(`next: ${hint}`);
    });

    test('shows nothing of our insides', () => {
      expect(text).not.toMatch(/undefined|\[object|NaN|Infinity|\breason\b/);
    });
  },
);

test('a message without the optional facts reads as well', () => {
  const bare: readonly Failure[] = [
    { reason: 'recipe-not-found', recipe: './mine.yaml', known: ['stock'] },
    { reason: 'step-unknown', option: '--force', pattern: 'zzz', known: ['measure'] },
    { reason: 'usage', message: 'nothing to do' },
    { reason: 'git-unknown-revision', url: 'https://one.example/r.git', revision: 'x' },
    { reason: 'package-not-found', package: 'qemu', kind: 'binary', detail: 'apt does not know it' },
    { reason: 'tool-missing', tool: 'flex', neededBy: 'make:kernel' },
    { reason: 'compiler-unfit', compiler: 'gcc', cannot: 'link', detail: 'no libc' },
    { reason: 'patch-malformed', patch: 'mine.patch', detail: 'it is empty' },
    {
      reason: 'patch-rejected',
      patch: 'a.patch',
      file: 'gone.c',
      expected: [],
      found: [],
      detail: 'the file is not there',
    },
    { reason: 'patch-series-missing', series: 'linux', version: '2.6', known: [] },
    { reason: 'command-failed', command: ['make'], folder: '/w', signal: 'SIGKILL', lastLines: [] },
    { reason: 'command-failed', command: ['make'], folder: '/w', lastLines: [], timedOut: true },
    { reason: 'interrupted' },
    probeFailed({ kind: 'hang', seconds: 30 }),
    probeFailed({ kind: 'no-such-machine', machine: 'x', known: [] }),
    probeFailed({ kind: 'cpu-refused', detail: 'failed to set MSR 0x10a', fallbacks: [] }),
  ];
  for (const failure of bare) {
    expect(failureLines({ failure }, page).join('\n')).not.toMatch(/undefined|""|\s:|\(\)/);
  }
});

test('a message about KVM says in one sentence why nothing is measured, and in another what would be', () => {
  const [virt, mine] = [
    kvmRequired(SAMPLE_OBSTACLES.missing),
    { ...kvmRequired(SAMPLE_OBSTACLES.missing), instead: { kind: 'tcg' as const }, built: false },
  ].map(explainFailure);
  expect(virt).toMatchObject({
    headline: 'everything is built, but the machine "virt" of this recipe runs on KVM only, and there is no /dev/kvm',
    hint: '"bootlap run nemu-tcg" measures the same firmware and kernel without KVM (give it what you have changed, too); "bootlap doctor" tells what KVM lacks',
  });
  expect(mine).toMatchObject({
    headline: 'the machine "virt" is asked to run on KVM, and there is no /dev/kvm',
    hint: '"--set machine.accel=tcg" measures without KVM; "bootlap doctor" tells what KVM lacks',
  });
});

test('a build that was killed is told apart from one that failed, because the cure is another', () => {
  const killed = explainFailure({
    reason: 'command-failed',
    command: ['make'],
    folder: '/w',
    signal: 'SIGKILL',
    lastLines: [],
  });
  expect(killed.headline).toContain('SIGKILL');
  expect(killed.hint).toContain('memory');
});

test('a command in a message can be pasted into a shell', () => {
  const { details } = explainFailure(SAMPLE_FAILURES['command-failed']);
  expect(details.join('\n')).toContain("make -j2 'KCFLAGS=-O2 -g' bzImage");
});

function nameOf(failure: Failure): string {
  if (failure.reason === 'kvm-required') {
    return `kvm-required, ${failure.obstacle.kind}`;
  }
  if (failure.reason === 'file-unfit') {
    return `file-unfit, ${failure.fault.kind}`;
  }
  return failure.reason === 'probe-failed' ? `probe-failed, ${failure.diagnosis.kind}` : failure.reason;
}

/** Every text and number in a failure but for what tells failures apart. */
function factsOf(value: unknown): (string | number)[] {
  if (typeof value === 'string' || typeof value === 'number') {
    return [value];
  }
  if (Array.isArray(value)) {
    return value.flatMap(factsOf);
  }
  return Object.entries(value as object).flatMap(([key, member]) =>
    ['reason', 'kind'].includes(key) ? [] : factsOf(member),
  );
}

/** A port is shown in hexadecimal; a text of several lines, line by line; nearest stands for a column by a caret. */
function spellings(fact: string | number): string[] {
  return typeof fact === 'number'
    ? [String(fact), `0x${fact.toString(16)}`]
    : [fact.trimEnd(), fact.split('\n').join('\n  │ ')];
}
