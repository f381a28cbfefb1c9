import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportPage } from '../../../src/report/html/page.js';
import { chromium, startChromium, type Browser } from '../../rig/chromium.js';
import { measuredMatrix } from '../../rig/matrix-measured.js';

const SLOWER = { milliseconds: { 'user-space': 1950 } };

async function page(matrix: Parameters<typeof measuredMatrix>[0]): Promise<string> {
  const { summary, samples, record } = measuredMatrix(matrix, [{}, SLOWER]);
  return reportPage({ summary, samples, plan: record.plan, timeout: '30s', origins: {} });
}

test('the machines have a chart for each phase and for the whole boot, which says in words what it shows', async () => {
  const text = await page({ memory: [128, 512] });
  for (const what of ['tQEMU takes', 'tFW takes', 'tKernel takes', 'the whole boot takes']) {
    expect(text).toContain(`How long ${what} on each machine</title>`);
  }
  expect(text).toMatch(
    /<desc id="machines-1-text">memory=128: 1\.\d+ s \(95 % interval [^)]*\); memory=512: 1\.9\d+ s/,
  );
  expect(text).toContain('This is the base of 2 machines, memory=128.');
  expect(await page({ memory: [128, 512] })).toBe(text);
});

test('the other sections are of the base alone', async () => {
  const text = await page({ memory: [128, 512] });
  expect(text).toMatch(/<desc id="boots-trace-1-text">20 boots that count/);
  expect(text).toMatch(/<desc id="ecdf-1-text">trace: 20 boots/);
});

test('a matrix of one machine has no machines to compare', async () => {
  expect(await page({ memory: [128] })).not.toContain('id="machines"');
});

describe.skipIf(chromium === undefined)('in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-cells-'));
  const file = join(folder, 'report.html');
  let browser: Browser;

  beforeAll(async () => {
    const append = ['quiet a long command line that is very long', 'another long command line, even longer than that'];
    writeFileSync(file, await page({ type: ['pc-i440fx-7.2', 'q35'], memory: [128, 512], append }));
    browser = startChromium(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** A name that runs out of its chart cannot be read. */
  const SCRIPT = `(() => {
    const section = document.querySelector('section[aria-labelledby=machines]');
    const charts = [...section.querySelectorAll('svg')];
    const cut = charts.flatMap((svg) => [...svg.querySelectorAll('text')].filter((text) => {
      const [own, whole] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
      return own.right > whole.right + 1 || own.left < whole.left - 1;
    }));
    const { scrollWidth, clientWidth } = document.documentElement;
    return { tooWide: scrollWidth - clientWidth, charts: charts.length, cut: cut.length };
  })()`;

  test.each([
    [390, 'dark'],
    [1280, 'light'],
  ] as const)('%i pixels wide, %s: nothing is complained of or cut off', async (width, scheme) => {
    const { complaints, requests, value } = await browser.see(pathToFileURL(file).href, { width, scheme }, SCRIPT);
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(value).toEqual({ tooWide: 0, charts: 4, cut: 0 });
  });
});
