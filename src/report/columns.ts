/** A column of a plain-text table. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** The lines of a table, the titles first: columns two spaces apart, nothing behind the last one. */
export function alignColumns(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    columns
      .map(({ align }, column) => {
        const cell = row[column] ?? '';
        const width = widths[column] ?? 0;
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** A text that fits a width: cut, with `...` at its end, where it is longer. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

/** A text that fits a width: cut in its middle, where it is longer, so that one sees how it begins and how it ends. */
export function fitMiddle(text: string, width: number): string {
  const room = Math.max(0, width - 3);
  const end = Math.floor(room / 2);
  return text.length <= width ? text : `${text.slice(0, room - end)}...${text.slice(text.length - end)}`;
}

/** A text broken between words into lines that fit a width, where words do; lines after the first begin with `indent`. */
export function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? '';
  for (const word of text.trim().split(' ')) {
    const isFirst = line.trim() === '';
    if (!isFirst && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = isFirst ? `${line}${word}` : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
