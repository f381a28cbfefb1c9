import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseGate } from '../../../src/measure/comparison/gate.js';
import { comparisonDocument } from '../../../src/report/comparison.js';
import { comparisonPage } from '../../../src/report/html/comparison/page.js';
import { sweepPage } from '../../../src/report/html/sweep-page.js';
import { reportPage } from '../../../src/report/html/page.js';
import { chromium, startChromium, type Browser, type Seen } from '../../rig/chromium.js';
import { madeSweep } from '../../rig/made-sweep.js';
import { sideOf } from '../../rig/measured.js';
import { madeContent } from '../../rig/report-content.js';

const WITHOUT = '(skipped: no chromium on this machine; apt-get install chromium)';

/** What is to be known of a page as it is laid out. */
const SCRIPT = `({
  tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  background: getComputedStyle(document.body).backgroundColor,
  charts: [...document.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0).length,
  tallest: Math.max(...[...document.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect().height)),
  unpainted: [...document.querySelectorAll('svg [fill^="var"]')].filter((mark) => !getComputedStyle(mark).fill.startsWith('rgb')).length,
  weakText: [...document.querySelectorAll('h1, h2, h3, p, th, td, figcaption, caption, li, code, svg text')].filter(isWeak).length,
  weakNames: [1, 2, 3, 4, 5, 6].filter((phase) => contrast(variable('--on-phase'), variable('--phase-' + phase)) < 4.5).length,
  weakMarks: [1, 2, 3, 4, 5, 6].filter((phase) => contrast(variable('--phase-' + phase), variable('--surface')) < 3).length,
  weakSides: ['a', 'b'].filter((side) => contrast(variable('--on-phase'), variable('--side-' + side)) < 4.5 || contrast(variable('--side-' + side), variable('--surface')) < 4.5).length,
  hidden: [...document.querySelectorAll('table')].filter((table) => table.closest('details') === null && [...table.rows].every((row) => row.cells[1].getBoundingClientRect().left >= document.documentElement.clientWidth)).length,
});
function variable(name) {
  const probe = document.createElement('i');
  probe.style.color = 'var(' + name + ')';
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
function isWeak(element) {
  const style = getComputedStyle(element);
  const surface = element.closest('section') ?? document.body;
  const text = style[element instanceof SVGElement ? 'fill' : 'color'];
  const bar = element.closest('.stack_names_marks');
  return bar === null && contrast(text, getComputedStyle(surface).backgroundColor) < 4.5;
}
function contrast(one, other) {
  const [low, high] = [one, other].map(luminance).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
function luminance(color) {
  const [r, g, b] = color.match(/[\\d.]+/g).map((part) => part / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}`;

/** Each page, and how many charts of it are shown: of two drawings for two widths, one. */
const PAGES = [
  ['report.html', 13, reportText],
  ['compare.html', 11, comparisonText],
  ['sweep.html', 4, () => sweepPage(madeSweep({ cells: 12, failed: [5] }))],
] as const;

function reportText(): Promise<string> {
  const warnings = [{ kind: 'busy-host', load: 3.1, processors: 2 }] as const;
  return reportPage(madeContent({ method: 'both', outcomes: { 9: 'hung' }, goneOnWithAt: 60, warnings }));
}

function comparisonText(): Promise<string> {
  const sides = {
    a: sideOf({}, 'before'),
    b: sideOf({ seed: 2, milliseconds: { 'user-space': 1942.5 }, record: { memoryMib: 256 } }, 'after'),
  };
  const gate = parseGate('tKernel > +3%');
  const gates = gate.ok ? [gate.value] : [];
  const wish = { threshold: { value: 1, unit: '%' }, gates, interleaved: false } as const;
  const commands = [{ title: 'The comparison', parts: ['bootlap compare before after', "--fail-if 'tKernel > +3%'"] }];
  return comparisonPage({ document: comparisonDocument(sides.a, sides.b, wish), sides, commands });
}

describe.skipIf(chromium === undefined)(`pages in a browser ${chromium === undefined ? WITHOUT : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-page-'));
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, , text] of PAGES) {
      writeFileSync(join(folder, name), await text());
    }
    browser = startChromium(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const see = (name: string, width: number, scheme: 'light' | 'dark'): Promise<Seen> =>
    browser.see(pathToFileURL(join(folder, name)).href, { width, scheme }, SCRIPT);
  const looks = PAGES.flatMap(([name, charts]) =>
    ([360, 1280] as const).flatMap((width) =>
      (['light', 'dark'] as const).map((scheme) => [name, width, scheme, charts] as const),
    ),
  );

  test.each(looks)(
    '%s, %i pixels wide, %s: nothing is asked for or complained of, and all of it can be read',
    async (name, width, scheme, charts) => {
      const { requests, complaints, value, screenshot } = await see(name, width, scheme);
      expect(requests).toEqual([pathToFileURL(join(folder, name)).href]);
      expect(complaints).toEqual([]);
      expect(value).toMatchObject({ tooWide: 0, charts, unpainted: 0, weakText: 0, weakNames: 0, weakMarks: 0 });
      // The second column of a table is the one that matters: on a phone it has to be in sight.
      expect(value).toMatchObject({ weakSides: 0, hidden: 0 });
      expect(screenshot.length).toBeGreaterThan(50_000);
    },
  );

  test('the dark page is dark and the light one light', async () => {
    const [light, dark] = [await see('report.html', 1280, 'light'), await see('report.html', 1280, 'dark')];
    expect(light.value).toMatchObject({ background: 'rgb(246, 248, 250)' });
    expect(dark.value).toMatchObject({ background: 'rgb(13, 17, 23)' });
  });
});
