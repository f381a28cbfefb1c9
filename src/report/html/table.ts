import { html, type Content, type Markup } from './markup.js';

/** A column of a table. */
export interface HtmlColumn {
  readonly title: string;
  /** `figure`: on the right, in one line; `text`: room for some words. */
  readonly kind?: 'figure' | 'text';
}

/** A table of a page. */
export interface HtmlTable {
  readonly caption: string;
  readonly columns: readonly HtmlColumn[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Content[])[];
}

/** A table that scrolls by itself where the page is too narrow for it, by keyboard too. */
export function tableMarkup({ caption, columns, rows }: HtmlTable): Markup {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${columns.map(({ title, kind }) => html`<th scope="col" ${classOf(kind)}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((cells) => rowMarkup(cells, columns))}
      </tbody>
    </table>
  </div>`;
}

function rowMarkup([name, ...cells]: readonly Content[], columns: readonly HtmlColumn[]): Markup {
  const rest = cells.map((cell, index) => html`<td${classOf(columns[index + 1]?.kind)}>${cell}</td>`);
  return html` <tr>
    <th scope="row">${name}</th>
    ${rest}
  </tr>`;
}

function classOf(kind: HtmlColumn['kind']): Markup | undefined {
  return kind === undefined ? undefined : html` class="${kind}"`;
}
