import { stripVTControlCharacters } from 'node:util';

/**
 * Breaks a text between words so that no line is longer than `width`; a longer word gets a line of its own.
 * Lines after the first begin with `indent`, which counts.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(' ')) {
    const longer: string = line === undefined ? word : `${line} ${word}`;
    if (line !== undefined && line.trim() !== '' && visibleLength(longer) > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line ?? ''];
}

/** Characters that take a place on the screen: escapes for colours take none. */
function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}
