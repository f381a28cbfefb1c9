import { DIFFERENCES, SIDES } from '../measure/calibration.js';
import type { CalibrationDocument } from './calibration.js';
import { noiseCells, powerRows } from './calibration-table.js';
import { apartLines, limitText, suggestionText, verdictText } from './calibration-words.js';
import { codeBlock } from './markdown-block.js';
import { markdownTable } from './markdown-table.js';
import { withMarkdownTexts } from './markdown-text.js';
import { machineLine } from './table.js';
import { warningText } from './warning-text.js';

const NOISE_TITLES = ['', 'median', 'spread', 'A/A shift', '95 % interval', '+-', 'holds 0'];
const POWER_TITLES = ['', ...SIDES.map((n) => `n = ${n}`), ...DIFFERENCES.map((each) => `${limitText(each)} takes`)];

/** `calibration.md`: a calibration in the Markdown of GitHub. */
export function calibrationMarkdown(calibrated: CalibrationDocument): string {
  const document = withMarkdownTexts(calibrated);
  const { recipe, bootsASide, method, rows, warnings, host, measured } = document;
  const sections = [
    `# ${recipe.name}: calibration`,
    `**${verdictText(document)}**`,
    list([
      `${bootsASide} boots a side, interleaved, method ${method}; ${measured.lastBootAt}`,
      `${machineLine(document)}; on ${host.cpu}, ${host.processors} processors, Linux ${host.kernel}`,
    ]),
    '## Noise, and one VM against itself',
    markdownTable(NOISE_TITLES, rows.map(noiseCells), [1, 2, 3, 4, 5]),
    ...lists(apartLines(document)),
    '## What n boots a side see',
    'The smallest difference in % that is found 95 times of 100, and how many boots a side a difference takes.',
    markdownTable(POWER_TITLES, powerRows(document), [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ...lists(warnings.map((warning) => `${warningText(warning).text}: ${warningText(warning).advice}`)),
    ...suggestion(calibrated),
  ];
  return `${sections.join('\n\n')}\n`;
}

function suggestion(calibrated: CalibrationDocument): string[] {
  const { lead, promises } = suggestionText(withMarkdownTexts(calibrated)) ?? {};
  // In a block of code everything is as it stands.
  const { command = [] } = suggestionText(calibrated) ?? {};
  return lead === undefined ? [] : [lead, codeBlock('sh', command.join(' ')), ...lists(promises ?? [])];
}

function lists(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [list(lines)];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
