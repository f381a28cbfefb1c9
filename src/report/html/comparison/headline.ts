import type { ComparedRow } from '../../../measure/comparison/compare.js';
import type { JudgedGate } from '../../../measure/comparison/gate.js';
import { totalRow, type ComparedSide, type ComparisonDocument } from '../../comparison.js';
import {
  allowedText,
  bootsText,
  conclusion,
  differenceLines,
  gateText,
  measuredBeforeText,
  methodLines,
  verdictText,
} from '../../comparison-words.js';
import { machineLine } from '../../table.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import * as quantity from '../quantity.js';
import { letter, type ComparisonContent, type SideName } from './content.js';

/** The page's name in a browser's tab. */
export function pageTitle({ a, b }: ComparisonDocument): string {
  return a.name === b.name ? `${a.name} compared with itself` : `${b.name} against ${a.name}`;
}

/** What came of it in words: of the whole boot and of every phase, and which two were compared. */
export function headline({ document }: ComparisonContent): Markup {
  const total = totalRow(document);
  const phases = document.rows.filter(({ kind }) => kind === 'phase');
  const rows = total === undefined ? phases : [...phases, total];
  return html`<header>
    <h1>${recipeNames(document)}: ${letter('b')} against ${letter('a')}</h1>
    ${allowedNotice(document)} ${beforeNotice(document)}
    <p class="verdict">${prose(conclusion(document))}</p>
    ${gateLine(document)}
    <ul>
      ${rows.map((row) => verdictItem(row, document))}
    </ul>
    ${sideLine('a', document.a)} ${sideLine('b', document.b)} ${differences(document)}
    <p class="faint">${prose(howMeasured(document))}.</p>
  </header>`;
}

function recipeNames({ a, b }: ComparisonDocument): string {
  return a.recipe.name === b.recipe.name ? a.recipe.name : `${a.recipe.name} and ${b.recipe.name}`;
}

/** The gates that B did not pass; that it passed all of them is said, too. */
function gateLine({ gates }: ComparisonDocument): Markup | undefined {
  if (gates.length === 0) {
    return undefined;
  }
  const open = gates.filter(({ outcome }) => outcome !== 'passed');
  return open.length === 0
    ? html`<p>B passes ${gates.length === 1 ? 'its gate' : `all of its ${gates.length} gates`}.</p>`
    : html`<p>Gates: ${open.map((gate) => gateMarkup(gate))}</p>`;
}

function gateMarkup(gate: JudgedGate): Markup {
  const text = gateText(gate);
  return gate.outcome === 'failed' ? html`<span class="failed">${text}</span>. ` : html`<strong>${text}</strong>. `;
}

/** Conditions that were let pass stand at the top: who reads no further has read that. */
function allowedNotice(document: ComparisonDocument): Markup | undefined {
  const { allowed, differences: all } = document;
  if (allowed.length === 0) {
    return undefined;
  }
  const items = all
    .filter(({ field }) => allowed.includes(field))
    .map(({ field, a, b }) => html`<li><strong>${field}</strong>: ${prose(`${a} in A, ${b} in B`)}</li>`);
  return html`<section class="warnings" aria-labelledby="allowed">
    <h2 id="allowed">These two differ in more than what was changed (--allow-different)</h2>
    <ul>
      ${items}
    </ul>
    <p>${sentence(allowedText(document))}</p>
  </section>`;
}

function beforeNotice(document: ComparisonDocument): Markup | undefined {
  const text = measuredBeforeText(document);
  return text === undefined ? undefined : html`<p><strong>${sentence(text)}</strong></p>`;
}

function verdictItem(row: ComparedRow, document: ComparisonDocument): Markup {
  const name = row.name === document.total && row.kind === 'point' ? `whole boot, to ${row.name}` : row.name;
  const nested = row.in === undefined ? '' : ` (in ${row.in})`;
  return html`<li><strong>${name}</strong>${nested}: ${prose(verdictText(row, document))}</li>`;
}

function sideLine(side: SideName, { name, boots, measured, machine }: ComparedSide): Markup {
  return html`<p>
    ${letter(side)} ${name}: ${prose(machineLine({ machine }))}; ${bootsText(boots)}, measured
    ${quantity.moment(measured.firstBootAt)} to ${quantity.moment(measured.lastBootAt)}.
  </p>`;
}

/** What was asked to differ. What was let pass is in the notice. */
function differences(document: ComparisonDocument): Markup | undefined {
  const asked = document.differences.filter(({ field }) => !document.allowed.includes(field));
  const lines = differenceLines({ ...document, differences: asked, allowed: [] });
  if (asked.length + document.changed.length === 0) {
    return document.allowed.length > 0 ? undefined : html`<p>${prose(lines.join('; '))}.</p>`;
  }
  return html`<p>What differs: ${prose(lines.join('; '))}.</p>`;
}

function howMeasured(document: ComparisonDocument): string {
  return methodLines(document).map(sentence).join('. ');
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
