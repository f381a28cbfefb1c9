import { describe, expect, test } from 'vitest';
import { parseGate } from '../../../src/measure/comparison/gate.js';
import { comparisonDocument, type ComparisonWish, type Side } from '../../../src/report/comparison.js';
import { comparisonPage } from '../../../src/report/html/comparison/page.js';
import { sideOf, type Truth } from '../../rig/measured.js';

const SLOWER: Truth = { seed: 2, milliseconds: { 'user-space': 1942.5 } };

interface PageWish extends Partial<ComparisonWish> {
  readonly a?: Truth;
  readonly b?: Truth;
  readonly limits?: readonly string[];
  readonly change?: (side: Side) => Side;
}

/** The page of two made-up measurements, its white space made one. */
async function page({ a = {}, b = SLOWER, limits = [], change, ...wish }: PageWish = {}): Promise<string> {
  const same = (side: Side): Side => side;
  const sides = { a: sideOf(a, 'before'), b: (change ?? same)(sideOf(b, 'after')) };
  const gates = limits.flatMap((text) => {
    const gate = parseGate(text);
    return gate.ok ? [gate.value] : [];
  });
  const document = comparisonDocument(sides.a, sides.b, {
    threshold: { value: 1, unit: '%' },
    gates,
    interleaved: true,
    ...wish,
  });
  const text = await comparisonPage({
    document,
    sides,
    commands: [{ title: 'Both', parts: ['bootlap compare x', '--set a=1'] }],
  });
  return text.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ');
}

const headings = (text: string): string[] =>
  [...text.matchAll(/<h2[^>]*>\s*([^<]*?)\s*<\/h2>/g)].map(([, title = '']) => title);
const words = (text: string): string => text.replace(/<\/t[dh]>/g, ' ').replace(/<[^>]*>/g, '');

test('the page has every section, and those that there is nothing to say in are not there', async () => {
  const always = [
    'Shift',
    'Phases',
    'By when how many boots had come to a point',
    'Boots in order',
    'How long each phase took',
    'Host',
    'Provenance',
    'The same again',
  ];
  expect(headings(await page({ a: { seed: 5 }, b: SLOWER }))).toEqual(['Before you trust these figures', ...always]);
  expect(headings(await page({ limits: ['total > 1%'] }))).toContain('Gates');
});

test('the top says in words what came of the whole boot and of every phase', async () => {
  const text = words(await page());
  expect(text).toMatch(/guest: B against A/);
  expect(text).toMatch(/B is slower than A to user-space: \+\d+(\.\d)? ms, \+\d\.\d %/);
  expect(text).toMatch(/tKernel: slower by \d+(\.\d)? ms, \+\d\.\d % \(95 % interval \+\d\.\d+ to \+\d\.\d+ %\)/);
  expect(text).toMatch(/whole boot, to user-space: slower by/);
  expect(text).toContain('B after: pc under TCG, 1 processor, 512 MiB; 20 boots');
});

describe('gates', () => {
  test('that failed or are not settled stand at the top; each is listed with what was found', async () => {
    const text = await page({ limits: ['tKernel > +3%', 'total > +1s', 'total > +90ms'] });
    const top = text.slice(0, text.indexOf('<section'));
    expect(top).toContain('<span class="failed">failed: tKernel &gt; +3%</span>');
    expect(words(top)).toContain('inconclusive: total &gt; +90ms');
    expect(top).not.toContain('+1s');
    expect(words(text)).toMatch(/tKernel &gt; \+3%\s+failed\s+\+\d\.\d % \(95 % interval/);
    expect(words(text)).toMatch(/total &gt; \+1s\s+passed\s+\+\d+(\.\d)? ms \(95 % interval/);
  });

  test('that all passed are said to have', async () => {
    expect(words(await page({ limits: ['total > +1s'] }))).toContain('B passes its gate.');
  });
});

describe('what differs', () => {
  test('conditions that were allowed to differ are said at the top, before any figure', async () => {
    const text = words(await page({ b: { ...SLOWER, record: { memoryMib: 256 } }, interleaved: false }));
    const notice = text.indexOf('These two differ in more than what was changed (--allow-different)');
    expect(notice).toBeGreaterThan(0);
    expect(notice).toBeLessThan(text.indexOf('B is slower'));
    expect(text).toContain('machine.memory: 512 MiB in A, 256 MiB in B');
    expect(text).toContain('A and B were measured one after the other');
  });

  test('what the user changed is no warning, and what he did not change is one, in an interleaved comparison too', async () => {
    const b = { ...SLOWER, record: { memoryMib: 256 } };
    expect(await page({ b })).not.toContain('--allow-different');
    expect(words(await page({ b }))).toContain('What differs: machine.memory: 512 MiB in A, 256 MiB in B.');
    expect(await page({ b, unasked: ['machine.memory'] })).toContain('--allow-different');
  });

  test('a row of host or provenance that is not the same is marked and has both values; others are there once', async () => {
    const other = 'b'.repeat(64);
    const text = await page({
      change: (side) => ({
        ...side,
        summary: {
          ...side.summary,
          host: { ...side.summary.host, kernel: '6.9.9', mitigations: { meltdown: 'Vulnerable' } },
          inputs: { ...side.summary.inputs, kernel: other as never },
        },
        fingerprints: { 'make:kernel': 'c'.repeat(64) },
      }),
      interleaved: false,
    });
    const rows = [...text.matchAll(/<tr class="differs">(.*?)<\/tr>/g)].map(([, row = '']) =>
      words(row).replace(/\s+/g, ' ').trim(),
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        '≠ kernel 6.1.0 6.9.9',
        `≠ kernel, SHA-256 of what was run ${'a'.repeat(64)} ${other}`,
        '≠ meltdown Not affected Vulnerable',
        `≠ make:kernel not known ${'c'.repeat(64)}`,
      ]),
    );
    expect(rows.some((row) => row.includes('firmware, SHA-256'))).toBe(false);
    expect(text.split('firmware, SHA-256 of what was run')).toHaveLength(2);
    expect(text).toContain('1 of them differ');
  });
});

test('warnings that both have are there once, others with their side', async () => {
  const text = words(
    await page({
      change: (side) => ({
        ...side,
        summary: { ...side.summary, warnings: [...side.summary.warnings, { kind: 'turbo' }] },
      }),
    }),
  );
  expect(text.match(/without KVM/g)).toHaveLength(1);
  expect(text).toMatch(/A and B: without KVM/);
  expect(text).toMatch(/B: turbo/);
});

test('boots that were done in an earlier call are said to be', async () => {
  const text = words(await page({ measuredBefore: '2026-01-02T03:04:05.678Z' }));
  expect(text).toContain('Measured before, 2026-01-02 03:04:05 UTC: nothing has changed since');
  expect(words(await page())).not.toContain('easured before');
});

test('boots that failed are listed by their side, and drawn', async () => {
  const text = await page({
    change: (side) => ({
      ...side,
      samples: side.samples.map((sample) =>
        sample.boot === 7 ? { ...sample, outcome: 'panicked' as const, console: ['Kernel <panic>'] } : sample,
      ),
    }),
  });
  expect(headings(text)).toContain('Boots that failed: 1 of 44');
  expect(text).toContain('Kernel &lt;panic&gt;');
  expect(text.match(/class="[^"]*failed_b_marks[^"]*"[^>]*><path/g)?.length).toBe(3);
});

test('every chart is an image with a name and a description, and every id is there once', async () => {
  const text = await page({ a: { method: 'both' }, b: { ...SLOWER, method: 'both' } });
  const charts = text.match(/<svg[^>]*>/g) ?? [];
  // Phases and shift in two widths, and three charts for each of three points and phases.
  expect(charts).toHaveLength(13);
  for (const chart of charts) {
    const [, id = ''] = / id="([^"]+)"/.exec(chart) ?? [];
    expect(text).toMatch(new RegExp(`<title id="${id}-title">[^<]+</title><desc id="${id}-text">[^<]+</desc>`));
  }
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the page asks for nothing and runs nothing, whatever the names are', async () => {
  const hostile = '</style></svg><script>alert(1)</script><img src=x onerror=alert(1)>';
  const text = await page({
    limits: ['total > 1%'],
    change: (side) => ({
      ...side,
      name: hostile,
      origins: { kernel: hostile },
      summary: { ...side.summary, recipe: { name: hostile, description: hostile } },
    }),
  });
  expect(text).not.toMatch(/<script|<img/);
  expect(text.match(/\b(?:src|href|action|data|poster|srcset)\s*=\s*"[^"]*"|url\([^)]*\)|@import/g)).toEqual([
    'href="data:,"',
  ]);
  expect(text.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:/);
});

test('the same comparison gives the same bytes', async () => {
  expect(await page()).toBe(await page());
});

test.each([
  ['one boot of each', { a: { boots: 1 }, b: { boots: 1, seed: 2 } }],
  ['boots that end at one point each', { a: { method: 'exit' as const }, b: { ...SLOWER, method: 'exit' as const } }],
  [
    'one of both methods and one of exits',
    { a: { method: 'both' as const }, b: { ...SLOWER, method: 'exit' as const } },
  ],
  ['boots that scatter', { b: { noise: 0.9, seed: 3 } }],
])('%s give a whole page', async (_, wish) => {
  const text = await page(wish);
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
  expect(text.trimEnd()).toMatch(/<\/html>$/);
});
