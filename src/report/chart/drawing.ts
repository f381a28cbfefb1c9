import type { TopLevelSpec } from 'vega-lite';

/** What a chart's layers are. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** A chart before it is drawn. */
export interface Chart {
  readonly spec: TopLevelSpec;
  /** Its name for a screen reader: what it shows. */
  readonly title: string;
  /** What a reader takes from it, in words and figures. */
  readonly description: string;
}

/**
 * Draws a chart as one `<svg>` element, without a browser. It scales to the width that it is given, is one image with
 * a name and a description to a screen reader, and has the same bytes every time.
 * @param id of the element, which its name's and description's ids begin with; a letter, then letters, digits and "-"
 */
export async function drawChart({ spec, title, description }: Chart, id: string): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none', logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  return named(tidy(withIdsBelow(id, svg)), { id, title, description });
}

const TAG = /<[^>]*>/g;
const OWN_ID = / id="([^"]*)"/g;
const REFERENCE = /(url\(#|href="#)([^)"]*)/g;

/**
 * What a drawing names for its own use (clip paths, gradients) is named below the drawing's id, and counted anew: a page
 * has many drawings, in which Vega gives the same names, and a second drawing in one process begins with other ones.
 */
function withIdsBelow(id: string, svg: string): string {
  const names = new Map(
    [...svg.matchAll(TAG)]
      .flatMap(([tag]) => [...tag.matchAll(OWN_ID)])
      .map(([, name = ''], index) => [name, `${id}-part-${index + 1}`]),
  );
  return svg.replace(TAG, (tag) =>
    tag
      .replace(OWN_ID, (_, name: string) => ` id="${names.get(name) ?? name}"`)
      .replace(REFERENCE, (_, before: string, name: string) => before + (names.get(name) ?? name)),
  );
}

/** What Vega writes for its own redrawing, and for marks that are read out one by one. */
const EMPTY = /<path class="(?:fore|back)ground"[^>]*(?:display="none"|d="M0,0h0v0h0Z"[^>]*)\/>/g;
const NEEDLESS = / (?:(?:role|aria-roledescription|aria-hidden|pointer-events)="[^"]*"|opacity="1")/g;
const LONG_NUMBER = /-?\d+\.\d{3,}/g;

function tidy(svg: string): string {
  return svg
    .replace(EMPTY, '')
    .replace(TAG, (tag) => tag.replace(NEEDLESS, '').replace(LONG_NUMBER, shortNumber))
    .replace(MARKS, (_, group: string, marks: string) => sayOnce(group, marks));
}

function shortNumber(number: string): string {
  return String(Number(Number(number).toFixed(2)));
}

/** A group of paths or lines, which has one for each boot. */
const MARKS = /<g( [^>]*)>((?:<(?:path|line) [^>]*\/>){2,})(?=<\/g>)/g;
const INHERITED = / (?:fill|stroke|stroke-width|stroke-opacity|stroke-dasharray)="[^"]*"/g;

/** What all marks of a group have in common, the group says once: a page of thousands of boots is a third shorter. */
function sayOnce(group: string, marks: string): string {
  const each = marks.split(/(?=<)/);
  const common = (each[0]?.match(INHERITED) ?? []).filter((attribute) =>
    each.every((mark) => mark.includes(attribute)),
  );
  return common
    .reduce((text, attribute) => text.replaceAll(attribute, ''), `<g${group}\0>${marks}`)
    .replace('\0', common.join(''));
}

function named(svg: string, { id, title, description }: { id: string; title: string; description: string }): string {
  const [, viewBox = ''] = /viewBox="([^"]*)"/.exec(svg) ?? [];
  const start =
    `<svg xmlns="http://www.w3.org/2000/svg" id="${id}" viewBox="${viewBox}" role="img"` +
    ` aria-labelledby="${id}-title" aria-describedby="${id}-text">` +
    `<title id="${id}-title">${escapeText(title)}</title><desc id="${id}-text">${escapeText(description)}</desc>`;
  return svg.replace(/^<svg[^>]*>/, () => start);
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
