import { apartSection } from './apart-section.js';
import { bootsSection, distributionSection, ecdfSection } from './charts-section.js';
import type { ReportContent } from './content.js';
import { hostSection, provenanceSection } from './facts-section.js';
import { failedBootsSection } from './failed-boots-section.js';
import { headline } from './headline.js';
import { html, trusted, type Markup } from './markup.js';
import { phasesSection } from './phases-section.js';
import { pointsSection } from './points-section.js';
import { reproduceSection } from './reproduce-section.js';
import { STYLE_SHEET } from './style-sheet.js';
import { warningsSection } from './warnings-section.js';

/**
 * `report.html`: one file that needs no other and no network, says so to the browser, runs no script, and has the same
 * bytes for the same measurement.
 */
export async function reportPage(content: ReportContent): Promise<string> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="bootlap" />
        <link rel="icon" href="data:," />
        <title>${content.summary.recipe.name}: where a boot's time goes</title>
        <style>
          ${trusted(STYLE_SHEET)}
        </style>
      </head>
      <body>
        ${headline(content)}
        <main>${await sections(content)}</main>
      </body>
    </html> `;
  return page.text;
}

async function sections(content: ReportContent): Promise<(Markup | undefined)[]> {
  return [
    warningsSection(content),
    await phasesSection(content),
    pointsSection(content),
    apartSection(content),
    await ecdfSection(content),
    await bootsSection(content),
    await distributionSection(content),
    failedBootsSection(content),
    hostSection(content),
    provenanceSection(content),
    reproduceSection(content),
  ];
}
