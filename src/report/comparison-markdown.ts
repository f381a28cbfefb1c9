import type { ComparedRow } from '../measure/comparison/compare.js';
import { readableDuration } from '../measure/duration.js';
import type { ComparedSide, ComparisonDocument } from './comparison.js';
import {
  bootsText,
  conclusion,
  differenceLines,
  gateText,
  intervalText,
  measuredBeforeText,
  methodLines,
  pText,
  shiftText,
  signedDuration,
  unmatchedLines,
  warningLines,
} from './comparison-words.js';
import { markdownTable } from './markdown-table.js';
import { withMarkdownTexts } from './markdown-text.js';
import { machineLine } from './table.js';

/** `compare.md`: a comparison in the Markdown of GitHub, short enough for a comment on a pull request. */
export function comparisonMarkdown(compared: ComparisonDocument): string {
  const document = withMarkdownTexts(compared);
  const { a, b, gates } = document;
  const sections = [
    `# ${a.recipe.name === b.recipe.name ? a.recipe.name : `${a.recipe.name} and ${b.recipe.name}`}: B against A`,
    `**${conclusion(document)}**`,
    ...(gates.length === 0 ? [] : [list(gates.map((gate) => gateLine(gateText(gate), gate.outcome)))]),
    list([sideLine('A', a), sideLine('B', b), ...differenceLines(document)]),
    rowTable(document.rows),
    list([...before(document), ...methodLines(document), ...unmatchedLines(document), ...warningLines(document)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function before(document: ComparisonDocument): string[] {
  const text = measuredBeforeText(document);
  return text === undefined ? [] : [text];
}

function gateLine(text: string, outcome: string): string {
  return outcome === 'passed' ? text : `**${text}**`;
}

function sideLine(letter: string, { name, boots, measured, machine }: ComparedSide): string {
  return `${letter}: ${name}; ${machineLine({ machine })}; ${bootsText(boots)}, ${measured.lastBootAt}`;
}

const TITLES = ['', 'A', 'B', 'shift', '', '95 % interval', 'p', 'verdict'];

const RIGHT = [1, 2, 3, 4, 5, 6];

function rowTable(rows: readonly ComparedRow[]): string {
  return markdownTable(TITLES, rows.map(cells), RIGHT);
}

function cells(row: ComparedRow): string[] {
  const { name, label, a, b, shift, percent, verdict } = row;
  return [
    label === undefined ? name : `${name}: ${label}`,
    readableDuration(a.median),
    readableDuration(b.median),
    signedDuration(shift),
    percent === undefined ? '' : shiftText(row),
    intervalText(row),
    pText(row),
    verdict === 'slower' || verdict === 'faster' ? `**${verdict}**` : verdict,
  ];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
