import { drawChart, type Chart } from '../chart/drawing.js';
import { html, trusted, type Content, type Markup } from './markup.js';

/** A chart on a page. */
export interface Figure {
  readonly chart: Chart;
  /** Unique on the page; letters, digits and "-". */
  readonly id: string;
  /** Stands above it; without one the section's heading does. */
  readonly heading?: string;
  readonly caption?: Content;
}

/** A chart with its heading and its caption. */
export async function figureMarkup({ chart, id, heading, caption }: Figure): Promise<Markup> {
  return html`<figure>
    ${heading === undefined ? undefined : html`<h3>${heading}</h3>`} ${trusted(await drawChart(chart, id))}
    ${caption === undefined ? undefined : html`<figcaption>${caption}</figcaption>`}
  </figure>`;
}

/** Pixels of the two drawings of a wide chart. */
const WIDE = 1040;
const NARROW = 360;

/** A wide chart drawn twice, for a desk and for a phone; a page shows the one that it has room for. */
export async function twoWidths(id: string, chartOf: (width: number) => Chart): Promise<Markup> {
  const wide = await figureMarkup({ chart: chartOf(WIDE), id: `${id}-wide` });
  const narrow = await figureMarkup({ chart: chartOf(NARROW), id: `${id}-narrow` });
  return html`<div class="wide">${wide}</div>
    <div class="narrow">${narrow}</div>`;
}

/** Charts side by side, as many as there is room for. */
export async function panels(figures: readonly Figure[]): Promise<Markup> {
  const drawn: Markup[] = [];
  for (const figure of figures) {
    drawn.push(await figureMarkup(figure));
  }
  return html`<div class="panels">${drawn}</div>`;
}
