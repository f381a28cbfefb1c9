import { html, trusted, type Content, type Markup } from './markup.js';
import { STYLE_SHEET } from './style-sheet.js';

/** What a page shows. */
export interface Page {
  readonly title: string;
  /** With the page's one `h1`. */
  readonly header: Markup;
  /** Below it, each a `section`; nothing for one that there is nothing to say in. */
  readonly sections: Content;
}

/** A page as one file that needs no other and no network, says so to the browser, and runs no script. */
export function pageText({ title, header, sections }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="bootlap" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${trusted(STYLE_SHEET)}
        </style>
      </head>
      <body>
        ${header}
        <main>${sections}</main>
      </body>
    </html> `.text;
}
