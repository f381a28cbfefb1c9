import { expect, test } from 'vitest';
import { reportPage } from '../../../src/report/html/page.js';
import { madeContent } from '../../rig/report-content.js';

const NAMES = ['firmware', 'kernel', 'user-space'];
const HEADINGS = [
  'Phases',
  'Points',
  'By when how many boots had come to a point',
  'Boots in order',
  'How long each phase took',
  'Host',
  'Provenance',
  'The same again',
];

test('the page has every section, the essential first', async () => {
  expect(headings(await reportPage(madeContent()))).toEqual(HEADINGS);
});

test('the first line is the verdict: the total time with its interval, and how many boots it is of', async () => {
  const page = (await reportPage(madeContent())).replace(/[ \n]+/g, ' ');
  expect(page).toMatch(
    /<strong>[\d.]+\u00a0ms<\/strong> from the start of the VM to "user space starts": the median of 30 boots, 95 % interval \[[\d.]+,\u00a0[\d.]+\]\./,
  );
  expect(page).toContain('pc under TCG, 1 processor, 512\u00a0MiB');
});

test('warnings stand before the figures, and there is no such section without one', async () => {
  const [first] = headings(
    await reportPage(madeContent({ warnings: [{ kind: 'busy-host', load: 3.1, processors: 2 }] })),
  );
  expect(first).toBe('Before you trust these figures');
});

test('names, labels, warnings and console lines of a user or a guest never become HTML', async () => {
  const hostile = `</script></style></svg><script>alert("1")</script><img src=x onerror=alert(1)>`;
  const content = madeContent({
    name: hostile,
    warnings: [{ kind: 'governor', governor: hostile }],
    points: [
      { name: 'firmware', label: hostile, at: 48 },
      { name: 'kernel', label: hostile, at: 90 },
    ],
    phases: [
      { name: hostile, label: hostile, to: 'firmware' },
      { name: 'part', label: hostile, to: 'firmware', in: hostile },
      { name: 'rest', label: hostile, from: 'firmware', to: 'kernel' },
    ],
    outcomes: { 9: 'panicked' },
    console: [hostile],
  });
  const page = await reportPage({ ...content, origins: { kernel: hostile } });
  expect(page).not.toMatch(/<script|<img/);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  expect(page.split('<svg').length).toBe(page.split('</svg>').length);
  expect(page).toContain('&lt;/script&gt;');
});

test('the page asks for nothing: no address, script, frame or import is in it, and the browser is told so', async () => {
  const page = await reportPage(madeContent({ method: 'both', outcomes: { 5: 'hung' } }));
  const addresses = page.match(/\b(?:src|href|action|data|poster|srcset)\s*=\s*"[^"]*"|url\([^)]*\)|@import/g);
  expect(addresses).toEqual(['href="data:,"']);
  expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:/);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
});

test('the same measurement gives the same bytes', async () => {
  const wish = { method: 'both', boots: 12, goneOnWithAt: 20 } as const;
  expect(await reportPage(madeContent(wish))).toBe(await reportPage(madeContent(wish)));
});

test('every chart is an image with a name and a description, and every id is there once', async () => {
  const page = await reportPage(madeContent({ method: 'both' }));
  const charts = page.match(/<svg[^>]*>/g) ?? [];
  expect(charts.length).toBeGreaterThan(10);
  for (const chart of charts) {
    const [, id = ''] = / id="([^"]+)"/.exec(chart) ?? [];
    expect(chart).toContain(` role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text"`);
    expect(page).toMatch(new RegExp(`<title id="${id}-title">[^<]+</title><desc id="${id}-text">[^<]+</desc>`));
  }
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every table has a caption and scrolls by itself', async () => {
  const page = await reportPage(madeContent({ method: 'both' }));
  const tables = page.split('<table>').slice(1);
  expect(tables.length).toBeGreaterThan(5);
  expect(tables.filter((table) => !/^\s*<caption>\s*<span>[^<]+<\/span>/.test(table))).toEqual([]);
  expect(page.match(/class="scroll" role="region" aria-label="[^"]+" tabindex="0">\s*<table>/g)).toHaveLength(
    tables.length,
  );
});

test('with both methods the page says how far they are apart', async () => {
  const page = await reportPage(madeContent({ method: 'both' }));
  expect(headings(page)).toContain('How far the two methods are apart');
  expect(page).toContain('&quot;exit&quot; is the longer');
  expect(page).toContain('user space starts (&quot;exit&quot;)');
});

test('a boot that failed is shown with its last lines', async () => {
  const page = await reportPage(madeContent({ outcomes: { 9: 'panicked' }, console: ['Kernel panic', '<end>'] }));
  expect(headings(page)).toContain('Boots that failed: 1 of 96');
  expect(page).toContain('>Kernel panic\n&lt;end&gt;</pre>');
});

test('a point that no boot came to leaves the rest of the page whole', async () => {
  const outcomes = Object.fromEntries(
    madeContent({ boots: 4 })
      .samples.filter(({ point }) => point === 'user-space')
      .map(({ boot }) => [boot, 'hung' as const]),
  );
  const page = await reportPage(madeContent({ boots: 4, outcomes }));
  expect(page).toContain('No boot came to the last point, &quot;user space starts&quot;.');
  expect(page).toContain('no figure');
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
  expect(headings(page)).toEqual(expect.arrayContaining(HEADINGS));
});

test.each([
  ['one boot', { boots: 1, warmup: 0 }],
  ['one point and no phase', { points: [{ name: 'firmware', at: 48 }], phases: [] }],
  [
    'a phase that ends before it begins',
    { points: [48, 40, 80].map((at, index) => ({ name: NAMES[index] ?? '', at })) },
  ],
  ['traced boots of which one failed', { method: 'trace' as const, outcomes: { 4: 'hung' as const } }],
])('%s gives a whole page', async (_, wish) => {
  const page = await reportPage(madeContent(wish));
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
  expect(page.trimEnd()).toMatch(/<\/html>$/);
});

test('the command at the end has the settings of the measurement', async () => {
  const page = await reportPage(madeContent({ boots: 12 }));
  expect(page).toContain('bootlap run stock');
  for (const setting of ['measure.method=exit', 'measure.boots=12', 'measure.seed=7', 'machine.type=pc']) {
    expect(page).toContain(`--set ${setting}`);
  }
  expect(await reportPage(madeContent({ name: 'measure' }))).toContain('bootlap measure -b HYPERVISOR');
});

function headings(page: string): string[] {
  return [...page.matchAll(/<h2[^>]*>([^<]*)<\/h2>/g)].map(([, text = '']) => text);
}
