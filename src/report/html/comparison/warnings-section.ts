import { warningText } from '../../warning-text.js';
import { cpuLines } from '../../table.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import { warningsMarkup } from '../warnings-section.js';
import { letter, SIDES, type ComparisonContent, type SideName } from './content.js';

/** What a reader has to know before the figures, of both sides; what both have is said once. */
export function warningsSection({ sides }: ComparisonContent): Markup | undefined {
  const of = { a: warningsOf(sides.a.summary), b: warningsOf(sides.b.summary) };
  const shared = of.a.filter((text) => of.b.includes(text));
  const own = (side: SideName): Markup[] =>
    of[side].filter((text) => !shared.includes(text)).map((text) => html`<li>${letter(side)}: ${prose(text)}</li>`);
  const items = [
    ...shared.map((text) => html`<li>${letter('a')} and ${letter('b')}: ${prose(text)}</li>`),
    ...SIDES.flatMap(own),
  ];
  return warningsMarkup(items);
}

function warningsOf(summary: ComparisonContent['sides']['a']['summary']): string[] {
  const texts = summary.warnings.map((warning) => warningText(warning));
  return [...cpuLines(summary), ...texts.map(({ text, advice }) => `${text}: ${advice}`)];
}
