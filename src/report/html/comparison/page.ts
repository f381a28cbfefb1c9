import { pageText } from '../shell.js';
import { bootsSection, distributionSection, ecdfSection } from './charts-section.js';
import type { ComparisonContent } from './content.js';
import { failedBootsSection } from './failed-boots-section.js';
import { gatesSection } from './gates-section.js';
import { headline, pageTitle } from './headline.js';
import { hostSection } from './host-section.js';
import { phasesSection } from './phases-section.js';
import { provenanceSection } from './provenance-section.js';
import { reproduceSection } from './reproduce-section.js';
import { shiftSection } from './shift-section.js';
import { warningsSection } from './warnings-section.js';

/** `compare.html`. The same comparison gives the same bytes. */
export async function comparisonPage(content: ComparisonContent): Promise<string> {
  return pageText({
    title: pageTitle(content.document),
    header: headline(content),
    sections: [
      warningsSection(content),
      gatesSection(content),
      await shiftSection(content),
      await phasesSection(content),
      await ecdfSection(content),
      await bootsSection(content),
      await distributionSection(content),
      failedBootsSection(content),
      hostSection(content),
      provenanceSection(content),
      reproduceSection(content),
    ],
  });
}
