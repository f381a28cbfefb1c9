import { html, type Content, type Markup } from './markup.js';

/** A column of a table. */
export interface HtmlColumn {
  readonly title: string;
  /**
   * `figure`: on the right, in one line; `word`: in one line; `text`: room for some words; `side`: broken anywhere, so
   * that two fit a phone.
   */
  readonly kind?: 'figure' | 'word' | 'text' | 'side';
}

/** A table of a page. */
export interface HtmlTable {
  readonly caption: string;
  readonly columns: readonly HtmlColumn[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Content[])[];
  /** Indices of rows that stand out: what they tell differs. */
  readonly differing?: readonly number[];
}

/**
 * A table that scrolls by itself where the page is too narrow for it, by keyboard too. A column with nothing in any row
 * is left out.
 */
export function tableMarkup({ caption, columns: all, rows: whole, differing = [] }: HtmlTable): Markup {
  const isFilled = (_: unknown, column: number): boolean =>
    whole.length === 0 || whole.some((row) => hasText(row[column]));
  const [columns, ...rows] = [all.filter(isFilled), ...whole.map((row) => row.filter(isFilled))] as const;
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
        ${rows.map((cells, index) => rowMarkup(cells, columns, differing.includes(index) ? 'differs' : undefined))}
      </tbody>
    </table>
  </div>`;
}

function rowMarkup([name, ...cells]: readonly Content[], columns: readonly HtmlColumn[], kind?: string): Markup {
  const rest = cells.map((cell, index) => html`<td${classOf(columns[index + 1]?.kind)}>${cell}</td>`);
  return html` <tr${classOf(kind)}>
    <th scope="row">${name}</th>
    ${rest}
  </tr>`;
}

function hasText(cell: Content): boolean {
  return cell !== undefined && cell !== '' && !(Array.isArray(cell) && cell.length === 0);
}

function classOf(kind: string | undefined): Markup | undefined {
  return kind === undefined ? undefined : html` class="${kind}"`;
}
