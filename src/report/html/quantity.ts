import { readableDuration } from '../../measure/duration.js';
import type { Interval } from '../../measure/statistics/bootstrap.js';
import { estimateText, type EstimateText } from '../estimate.js';
import { html, type Markup } from './markup.js';

/** A duration in nanoseconds for a person; number and unit stay in one line. */
export function time(nanoseconds: number): string {
  return inOneLine(readableDuration(nanoseconds));
}

/** A figure and its interval for a person: `1.389 s` and `[1.378, 1.418]`. Nanoseconds. */
export function estimate(value: number, interval?: Interval): EstimateText {
  const text = estimateText(value, interval);
  return { value: inOneLine(text.value), interval: inOneLine(text.interval) };
}

/** A moment of ISO 8601, to the second: `2026-01-31 12:00:00 UTC`. */
export function moment(iso: string): Markup {
  return html`<time datetime="${iso}">${iso.replace(/^(\S+)T(\d\d:\d\d:\d\d)[.\d]*Z$/, '$1 $2 UTC')}</time>`;
}

function inOneLine(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}
