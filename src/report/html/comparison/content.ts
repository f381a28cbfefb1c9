import type { BootMethod } from '../../../measure/boot-plan.js';
import type { Arms } from '../../../measure/interleaved-plan.js';
import type { ComparisonDocument, Side } from '../../comparison.js';
import type { Command } from '../../comparison-reproduce.js';
import type { Summary } from '../../summary.js';
import { html, type Markup } from '../markup.js';

/** All that the page of a comparison is made from: the same gives the same bytes. */
export interface ComparisonContent {
  readonly document: ComparisonDocument;
  readonly sides: Arms<Side>;
  readonly commands: readonly Command[];
}

/** Both sides in order. */
export const SIDES = ['a', 'b'] as const;
export type SideName = (typeof SIDES)[number];

/** The points and phases of a side, by the method that was compared. */
export function figuresOf({ document, sides }: ComparisonContent, side: SideName): Pick<Summary, 'points' | 'phases'> {
  const { summary } = sides[side];
  const method: BootMethod = document.methods[side];
  return summary.other?.method === method ? summary.other : summary;
}

/** `A` or `B` in its colour. */
export function letter(side: SideName): Markup {
  return html`<span class="side-${side}">${side.toUpperCase()}</span>`;
}
