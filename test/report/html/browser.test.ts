import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportPage } from '../../../src/report/html/page.js';
import { chromium, startChromium, type Browser, type Seen } from '../../rig/chromium.js';
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

describe.skipIf(chromium === undefined)(`report.html in a browser ${chromium === undefined ? WITHOUT : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-page-'));
  const page = join(folder, 'report.html');
  let browser: Browser;

  beforeAll(async () => {
    const content = madeContent({
      method: 'both',
      outcomes: { 9: 'hung' },
      goneOnWithAt: 60,
      warnings: [{ kind: 'busy-host', load: 3.1, processors: 2 }],
    });
    writeFileSync(page, await reportPage(content));
    browser = startChromium(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const see = (width: number, scheme: 'light' | 'dark'): Promise<Seen> =>
    browser.see(pathToFileURL(page).href, { width, scheme }, SCRIPT);

  test.each([
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)(
    '%i pixels wide, %s: nothing is asked for or complained of, and all of it can be read',
    async (width, scheme) => {
      const { requests, complaints, value, screenshot } = await see(width, scheme);
      expect(requests).toEqual([pathToFileURL(page).href]);
      expect(complaints).toEqual([]);
      // Of the two drawings of the phases one is shown.
      expect(value).toMatchObject({ tooWide: 0, charts: 13, unpainted: 0, weakText: 0, weakNames: 0, weakMarks: 0 });
      expect(screenshot.length).toBeGreaterThan(50_000);
    },
  );

  test('the dark page is dark and the light one light', async () => {
    const [light, dark] = [await see(1280, 'light'), await see(1280, 'dark')];
    expect(light.value).toMatchObject({ background: 'rgb(246, 248, 250)' });
    expect(dark.value).toMatchObject({ background: 'rgb(13, 17, 23)' });
  });
});
