import { expect, test } from 'vitest';
import { cacheCheckLines, cacheListLines, collectedLines } from '../../src/ui/cache-tables.js';
import { checkLines } from '../../src/ui/check-lines.js';
import { explanationLines } from '../../src/ui/explanation.js';
import { dotGraph, mermaidGraph } from '../../src/ui/graph.js';
import { plainPaint } from '../../src/ui/paint.js';
import { planLines } from '../../src/ui/plan-table.js';

const page = { paint: plainPaint, columns: () => Number.POSITIVE_INFINITY };

test('a plan shows state, expected time and reasons, and sums up what would run', () => {
  const lines = planLines(
    [
      { step: { name: 'fetch:kernel' }, state: 'fresh', because: [], expectedSeconds: 14 },
      { step: { name: 'patch:kernel' }, state: 'restorable', because: ['made before'] },
      {
        step: { name: 'make:kernel' },
        state: 'stale',
        because: ['tool cc: 12 -> 13', 'file a.patch is new'],
        expectedSeconds: 190,
      },
      { step: { name: 'measure' }, state: 'stale', because: ['output image of make:kernel may change'] },
    ],
    page,
  );
  expect(lines).toEqual([
    'step          state        about  because',
    'fetch:kernel  fresh',
    'patch:kernel  restorable          made before',
    'make:kernel   stale       ~3m10s  tool cc: 12 -> 13; file a.patch is new',
    'measure       stale            ?  output image of make:kernel may change',
    '',
    '2 of 4 steps would run, about 3m10s by the last time (1 of them never ran here before)',
  ]);
});

test('a plan in which all is fresh says that nothing would run', () => {
  const lines = planLines([{ step: { name: 'probe' }, state: 'fresh', because: [] }], page);
  expect(lines.at(-1)).toBe('nothing would run: every result is there');
});

test('on a narrow terminal the reasons of a plan stay in their column', () => {
  const because = ['output patched of patch:kernel has changed since the last time'];
  const lines = planLines([{ step: { name: 'make:kernel' }, state: 'stale', because }], { ...page, columns: () => 60 });
  expect(lines[2]).toMatch(/^ {33}\S/);
});

test('why shows both values of every input that differs', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const lines = explanationLines(
    {
      step: { name: 'make:kernel' },
      state: 'stale',
      because: ['tool cc: 12 -> 13'],
      lastMadeAt: '2026-11-22T09:00:00Z',
      changes: [
        { input: 'tool cc', before: '12', now: '13' },
        { input: 'file new.patch', now: 'abc' },
      ],
    },
    page,
    now,
  );
  expect(lines.join('\n')).toBe(
    [
      'make:kernel would run and last ran here 3 hours ago; since then, of what it reads:',
      '  tool cc',
      '    - 12',
      '    + 13',
      '  file new.patch',
      '    - (was not there)',
      '    + abc',
    ].join('\n'),
  );
});

test('why of a step that never ran gives the reason', () => {
  const step = {
    step: { name: 'probe' },
    state: 'stale',
    because: ['it never ran in this workspace'],
    changes: [],
  } as const;
  expect(explanationLines(step, page, 0)).toEqual([
    'probe would run and never ran here:',
    '  it never ran in this workspace',
  ]);
});

const pipeline = [
  { name: 'fetch:kernel', inputs: { upstream: [] } },
  {
    name: 'make:kernel',
    inputs: {
      upstream: [
        { step: 'fetch:kernel', output: 'source' },
        { step: 'fetch:kernel', output: 'list' },
      ],
    },
  },
];

test('the graph for Mermaid has an arrow for each step that reads another, named by the outputs', () => {
  expect(mermaidGraph(pipeline)).toBe(
    'flowchart LR\n  s0["fetch:kernel"]\n  s1["make:kernel"]\n  s0 -->|source, list| s1\n',
  );
});

test('the graph for Graphviz says the same', () => {
  expect(dotGraph(pipeline)).toContain('"fetch:kernel" -> "make:kernel" [label="source, list"];');
});

test('a damaged entry of the cache is listed as such', () => {
  const rows = [
    { fingerprint: 'a'.repeat(64), step: 'make:kernel', lastUsed: new Date(0), bytes: 1.5e6, seconds: 190 },
    { fingerprint: 'b'.repeat(64), lastUsed: new Date(0), bytes: 0 },
  ];
  const lines = cacheListLines(rows, 3_600_000);
  expect(lines[1]).toBe('make:kernel    1.5 MB   3m10s  aaaaaaaaaaaa  1 hour ago');
  expect(lines[2]).toContain('(damaged)');
  expect(lines.at(-1)).toContain('2 results, 1.5 MB');
});

test('a check of the cache names what was thrown away', () => {
  const check = {
    records: 3,
    objects: 9,
    bytes: 4e6,
    damaged: [{ kind: 'record', name: 'f'.repeat(64), step: 'make:kernel' }],
  };
  expect(cacheCheckLines(check).join('\n')).toContain('record ffffffffffff of make:kernel');
  expect(cacheCheckLines({ ...check, damaged: [] })).toEqual([
    '3 results in 9 files, 4.0 MB read and checked: all are sound',
  ]);
});

test('a clean-up tells what went and how much room it made', () => {
  const lines = collectedLines({
    removed: [{ what: 'kept tree kernel-1', bytes: 1.3e9 }],
    bytesBefore: 3e9,
    bytesAfter: 1.7e9,
  });
  expect(lines).toEqual(['removed kept tree kernel-1, 1.3 GB', '3.0 GB before, 1.7 GB now']);
});

test('a check of the machine says what to do about each thing, and what it comes to', () => {
  const lines = checkLines(
    [
      { name: 'gcc', verdict: 'ok', found: '/usr/bin/gcc' },
      { name: 'flex', verdict: 'missing', found: 'not there', advice: 'sudo apt-get install flex' },
    ],
    page,
  );
  expect(lines.join('\n')).toContain('-> sudo apt-get install flex');
  expect(lines.at(-1)).toBe('1 missing: the stock recipe cannot run on this machine yet');
});
