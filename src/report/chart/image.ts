import { drawChart, type Chart } from './drawing.js';

/** A chart as an SVG file by itself. */
export async function imageOf(chart: Chart, id: string): Promise<string> {
  const svg = await drawChart(chart, id);
  // By itself an image has the size that it says, and none without.
  return `${svg.replace(/viewBox="0 0 (\S+) (\S+)"/, (viewBox, width, height) => `width="${width}" height="${height}" ${viewBox}`)}\n`;
}
