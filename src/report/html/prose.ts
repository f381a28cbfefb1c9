import { html, type Content } from './markup.js';

/** A number and its unit, between which no line ends. */
const UNIT = /(\d) (?=(?:%|us|ms|s|MiB)(?!\w))/g;
/** An option of the command line, in which no line ends either. */
const OPTION = /(--[a-z][\w-]*)/;

/** A sentence for a page: no line of it ends within a figure or within an option. */
export function prose(text: string): Content {
  return text
    .replace(UNIT, '$1\u00a0')
    .split(OPTION)
    .map((part) => (OPTION.test(part) ? html`<span class="option">${part}</span>` : part));
}
