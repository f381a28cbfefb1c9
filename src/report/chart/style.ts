import type { Config } from 'vega-lite';
import type { Palette } from './palette.js';

/** Fonts of the system that shows the chart: nothing is fetched. */
const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, sans-serif';
const TEXT = 12;

/** How every chart looks: quiet axes, no frame, no background of its own. */
export function chartStyle({ ink, faint, grid }: Palette): Config {
  return {
    background: 'transparent',
    font: FONT,
    // A chart is one image with a description (see drawing.ts), not a thousand marks that are read out.
    aria: false,
    view: { stroke: null },
    axis: {
      labelColor: faint,
      labelFontSize: TEXT,
      titleColor: faint,
      titleFontSize: TEXT,
      titleFontWeight: 'normal',
      gridColor: grid,
      domainColor: grid,
      tickColor: grid,
      tickSize: 4,
      labelOverlap: true,
    },
    text: { color: ink, fontSize: TEXT },
  };
}
