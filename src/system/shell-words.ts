/**
 * Words as one text from which a POSIX shell makes exactly these words again: each in single quotes, so that nothing in
 * it means anything. For ssh, which knows no list of arguments: it hands one text to the shell of the other side.
 */
export function shellText(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}
