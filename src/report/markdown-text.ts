/** Text of a recipe or a host so that Markdown, and the HTML in it, shows it as it is. Line breaks become spaces. */
export function markdownText(text: string): string {
  return text
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/[\\`*[\]<&~$]/g, '\\$&')
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/^[#+=>-]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replaceAll(/@(?=[A-Za-z0-9])/g, NOBODY_IS_CALLED);
}

/** Between the sign and a name, a comment keeps GitHub from telling whoever has that name. */
const NOBODY_IS_CALLED = '@<!-- -->';

/** Plain data with each of its texts as {@link markdownText} has it; what is made from it can be Markdown as it stands. */
export function withMarkdownTexts<T>(data: T): T {
  return escaped(data) as T;
}

function escaped(data: unknown): unknown {
  if (typeof data === 'string') {
    return markdownText(data);
  }
  if (Array.isArray(data)) {
    return data.map(escaped);
  }
  return typeof data === 'object' && data !== null
    ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, escaped(value)]))
    : data;
}
