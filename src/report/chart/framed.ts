import type { Config } from 'vega-lite';
import type { Palette } from './palette.js';
import { chartStyle } from './style.js';

/** Where a chart's marks lie. Pixels. */
export interface MarksPlace {
  /** Room for the words before them. */
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** Of a chart that says itself where its marks lie: their place, with words on both sides of them and an axis below. */
export interface Framed {
  readonly width: number;
  readonly height: number;
  readonly autosize: 'none';
  readonly padding: { left: number; right: number; top: number; bottom: number };
  readonly config: Config;
}

/** That place in a drawing that is `width` pixels wide, all in all. */
export function framed(
  { left, width, height }: MarksPlace,
  { width: whole, palette }: { readonly width: number; readonly palette: Palette },
): Framed {
  const padding = { left, right: whole - left - width, top: 4, bottom: 40 };
  return { width, height, autosize: 'none', padding, config: chartStyle(palette) };
}
