import type { Summary } from '../summary.js';
import { imageOf } from './image.js';
import { neutralPalette } from './palette.js';
import { phasesChart } from './phases-chart.js';

const WIDTH = 800;

/** `report.svg`: the phases alone, as an image that is readable on a light and on a dark page. */
export async function phasesImage(summary: Pick<Summary, 'points' | 'phases'>): Promise<string> {
  return imageOf(phasesChart(summary, { palette: neutralPalette, width: WIDTH }), 'phases');
}
