import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyOf } from '../../../src/report/history/history.js';
import { sortOut, type PastRun } from '../../../src/report/history/sort-out.js';
import { historyPage } from '../../../src/report/html/history-page.js';
import { chromium, startChromium, type Browser, type Seen } from '../../rig/chromium.js';
import { pastRuns } from '../../rig/past-runs.js';

async function pageOf(runs: readonly PastRun[]): Promise<string> {
  const [newest] = runs.slice(-1);
  if (newest === undefined) {
    throw new Error('there is no run');
  }
  const lookUp = (): string[] => ['patch:kernel: file <0001>.patch is new'];
  return historyPage(historyOf({ recipe: 'guest', sorted: sortOut(runs, newest), lookUp }));
}

const CHANGED = pastRuns(24, (index) => ({
  phases: [48, 8, index < 12 ? 1794 : 1884],
  inputs: { kernel: index < 12 ? 'a' : 'b' },
  host: { kernel: index < 18 ? '6.1.0' : '6.1.1' },
  memoryMib: index === 4 ? 256 : 512,
}));

test('the page tells every change, its cause, and what is not shown; the same history gives the same page', async () => {
  const page = await pageOf(CHANGED);
  expect(page).toContain('1. slower: tKernel +');
  expect(page).toContain('kernel: aaaaaaaaaaaa -&gt; bbbbbbbbbbbb');
  expect(page).toContain('patch:kernel: file &lt;0001&gt;.patch is new');
  expect(page).toContain('host.kernel: 6.1.0 -&gt; 6.1.1');
  expect(page).toContain('1 run under other conditions (machine.memory: 256\u00a0MiB)');
  expect(await pageOf(CHANGED)).toBe(page);
});

test('each chart has a name, what it comes to in words, and a line for the change', async () => {
  const charts = (await pageOf(CHANGED)).split('<svg').slice(1);
  expect(charts).toHaveLength(4);
  expect(charts.map((chart) => /<title[^>]*>([^<]*)/.exec(chart)?.[1])).toEqual(
    ['total', 'tQEMU', 'tFW', 'tKernel'].map((name) => `${name} of 23 runs, in order`),
  );
  expect(charts[3]).toMatch(/<desc[^>]*>1\.\d+.s in 11 runs, then 1\.\d+.s in 12 runs; newest run/);
  expect(charts[3]).toMatch(/class="mark-rule role-mark changes_marks"><line/);
  expect(charts[1]).not.toMatch(/class="mark-rule role-mark changes_marks"><line/);
});

test('one run alone has a page too', async () => {
  expect(await pageOf(pastRuns(1))).toContain('1 run: too few');
});

const SCRIPT = `({
  tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  background: getComputedStyle(document.body).backgroundColor,
  charts: [...document.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 200).length,
  unpainted: [...document.querySelectorAll('svg [fill^="var"]')].filter((mark) => !getComputedStyle(mark).fill.startsWith('rgb')).length,
  ids: [...document.querySelectorAll('[id]')].length - new Set([...document.querySelectorAll('[id]')].map(({ id }) => id)).size,
})`;

const WITHOUT = '(skipped: no chromium on this machine; apt-get install chromium)';

describe.skipIf(chromium === undefined)(`the page in a browser ${chromium === undefined ? WITHOUT : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-history-'));
  const url = pathToFileURL(join(folder, 'history.html')).href;
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(join(folder, 'history.html'), await pageOf(CHANGED));
    browser = startChromium(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    [390, 'light', 'rgb(246, 248, 250)'],
    [390, 'dark', 'rgb(13, 17, 23)'],
    [1280, 'light', 'rgb(246, 248, 250)'],
    [1280, 'dark', 'rgb(13, 17, 23)'],
  ] as const)(
    '%i pixels wide, %s: fits, asks for nothing, and complains of nothing',
    async (width, scheme, background) => {
      const seen: Seen = await browser.see(url, { width, scheme }, SCRIPT);
      expect({ requests: seen.requests, complaints: seen.complaints }).toEqual({ requests: [url], complaints: [] });
      expect(seen.value).toEqual({ tooWide: 0, background, charts: 4, unpainted: 0, ids: 0 });
    },
  );
});
