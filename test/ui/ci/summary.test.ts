import { expect, test } from 'vitest';
import { failureMarkdown, withinSummary } from '../../../src/ui/ci/summary.js';

const MIB = 1024 * 1024;

test('a summary is never longer than what GitHub shows, and says that it was cut', () => {
  const long = `${'é'.repeat(99)}\n`.repeat(8000);
  const first = withinSummary(long, 0);
  expect(Buffer.byteLength(first)).toBeLessThanOrEqual(MIB);
  expect(Buffer.byteLength(first)).toBeGreaterThan(MIB - 400);
  expect(first).toMatch(/left out: .*run's folder/);
  expect(Buffer.byteLength(withinSummary(long, 900_000)) + 900_000).toBeLessThanOrEqual(MIB);
  expect(withinSummary('short\n', MIB - 3)).toBe('');
  expect(withinSummary('short\n', 10)).toBe('short\n');
});

test('what a program has printed cannot get out of its box', () => {
  const markdown = failureMarkdown({
    step: 'make:kernel',
    failure: {
      reason: 'command-failed',
      command: ['make'],
      folder: '/t',
      status: 2,
      lastLines: ['````', '# a heading', '<script>'],
    },
  });
  expect(markdown).toMatch(/\n`````text\n[^]*\n# a heading\n[^]*\n`````\n/);
});
