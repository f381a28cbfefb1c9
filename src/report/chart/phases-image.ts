import type { Summary } from '../summary.js';
import { drawChart } from './drawing.js';
import { neutralPalette } from './palette.js';
import { phasesChart } from './phases-chart.js';

const WIDTH = 800;

/** `report.svg`: the phases alone, as an image that is readable on a light and on a dark page. */
export async function phasesImage(summary: Pick<Summary, 'points' | 'phases'>): Promise<string> {
  const svg = await drawChart(phasesChart(summary, { palette: neutralPalette, width: WIDTH }), 'phases');
  // By itself an image has the size that it says, and none without.
  return `${svg.replace(/viewBox="0 0 (\S+) (\S+)"/, (viewBox, width, height) => `width="${width}" height="${height}" ${viewBox}`)}\n`;
}
