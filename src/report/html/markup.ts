/** A piece of HTML that is safe to put on a page as it is. Made by {@link html} and {@link trusted} alone. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a piece of HTML: text is escaped, nothing gives nothing. */
export type Content = Markup | string | number | undefined | readonly Content[];

/** HTML of a template. Every text that is put in is escaped, in an element and in a quoted attribute alike. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + textOf(contents[index - 1]) + part));
}

/** Text that is HTML already: a style sheet or a drawing of our own. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(content: Content): string {
  if (content instanceof Markup) {
    return content.text;
  }
  if (typeof content === 'object') {
    return content.map(textOf).join('');
  }
  return content === undefined ? '' : String(content).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
