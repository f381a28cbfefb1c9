/** What a terminal shows after these bytes, down to the last line that is not empty; knows what redrawing in place needs. */
export function screenAfter(output: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  // eslint-disable-next-line no-control-regex
  const pieces = output.matchAll(/\u001B\[([?0-9;]*)([A-Za-z])|[^\u001B]/gu);
  for (const [piece, parameter = '', command] of pieces) {
    const number = Math.max(1, Number(parameter) || 1);
    if (command === 'A') {
      row = Math.max(0, row - number);
    } else if (command === 'G') {
      column = number - 1;
    } else if (command === 'K') {
      lines[row] = parameter === '2' ? '' : (lines[row] ?? '').slice(0, column);
    } else if (command === 'J') {
      lines.length = row + 1;
      lines[row] = (lines[row] ?? '').slice(0, column);
    } else if (piece === '\n') {
      row += 1;
    } else if (piece === '\r') {
      column = 0;
    } else if (command === undefined) {
      const line = (lines[row] ?? '').padEnd(column);
      lines[row] = line.slice(0, column) + piece + line.slice(column + piece.length);
      column += piece.length;
    }
  }
  const shown = Array.from(lines, (line: string | undefined) => (line ?? '').trimEnd());
  return shown.slice(0, shown.findLastIndex((line) => line !== '') + 1);
}
