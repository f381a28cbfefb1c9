import { apartSection } from './apart-section.js';
import { bootsSection, distributionSection, ecdfSection } from './charts-section.js';
import { cellsSection } from './cells-section.js';
import { ofBase, type ReportContent } from './content.js';
import { hostSection, provenanceSection } from './facts-section.js';
import { failedBootsSection } from './failed-boots-section.js';
import { headline } from './headline.js';
import type { Markup } from './markup.js';
import { phasesSection } from './phases-section.js';
import { pointsSection } from './points-section.js';
import { reproduceSection } from './reproduce-section.js';
import { pageText } from './shell.js';
import { warningsSection } from './warnings-section.js';

/** `report.html`. The same measurement gives the same bytes. */
export async function reportPage(content: ReportContent): Promise<string> {
  const title = `${content.summary.recipe.name}: where a boot's time goes`;
  return pageText({ title, header: headline(content), sections: await sections(content) });
}

async function sections(all: ReportContent): Promise<(Markup | undefined)[]> {
  const content = ofBase(all);
  return [
    warningsSection(content),
    await phasesSection(content),
    await cellsSection(content),
    pointsSection(content),
    apartSection(content),
    await ecdfSection(content),
    await bootsSection(content),
    await distributionSection(content),
    failedBootsSection(all),
    hostSection(content),
    provenanceSection(content),
    reproduceSection(content),
  ];
}
