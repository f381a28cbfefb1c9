/**
 * A table in the Markdown of GitHub; what is in a cell cannot end it.
 * @param right columns, from 0, that are aligned to the right
 */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  const rule = titles.map((_, column) => (right.includes(column) ? '--:' : '---'));
  return [line(titles), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
