import { bootsChart } from '../chart/boots-chart.js';
import { distributionChart } from '../chart/distribution-chart.js';
import { ecdfChart } from '../chart/ecdf-chart.js';
import { pagePalette, phaseColor } from '../chart/palette.js';
import { phaseSpans } from '../chart/phase-spans.js';
import { countedDurations, phaseValues, readings } from '../chart/readings.js';
import type { BootMethod } from '../../measure/boot-plan.js';
import type { PointSummary } from '../summary.js';
import { methodsOf, pointName, type ReportContent } from './content.js';
import { panels, type Figure } from './figure.js';
import { html, type Markup } from './markup.js';

/** By when which share of the boots had come to a point, for each point. */
export async function ecdfSection({ summary, samples }: ReportContent): Promise<Markup> {
  const methods = methodsOf(summary);
  const figures = summary.points.map((point, index): Figure => {
    const series = methods.map((method) => ({
      name: method,
      durations: countedDurations(readings(samples, point.name, method)),
    }));
    const chart = ecdfChart({
      point: pointName(point),
      series,
      palette: pagePalette,
      color: phaseColor(pagePalette, index),
    });
    return { chart, id: `ecdf-${index + 1}`, heading: pointName(point), caption: chart.description };
  });
  return html`<section aria-labelledby="ecdf">
    <h2 id="ecdf">By when how many boots had come to a point</h2>
    ${methods.length > 1 ? html`<p class="faint">Full line: "trace". Dashed line: "exit".</p>` : undefined}
    ${await panels(figures)}
  </section>`;
}

/** Every boot in order, for each point and method. */
export async function bootsSection(content: ReportContent): Promise<Markup> {
  const { summary } = content;
  const [main, ...others] = methodsOf(summary);
  const figures = [main, ...others].flatMap((method) => {
    const points = method === main ? summary.points : (summary.other?.points ?? []);
    return points.map((point, index) => bootsFigure(content, point, { method, index }));
  });
  return html`<section aria-labelledby="boots">
    <h2 id="boots">Boots in order</h2>
    <p class="faint">
      ● a boot, ◇ an outlier (it counts), × a boot that failed (no time: drawn at the upper edge), ○ a boot to warm up
      (in no figure). Line and band: the median and its 95 % interval. A dashed line ends the warming up, or begins a
      session that went on with an unfinished measurement. Boots to warm up that lie beyond the scale are drawn at its
      edge.
    </p>
    ${await panels(figures)}
  </section>`;
}

function bootsFigure(
  { summary, samples }: ReportContent,
  point: PointSummary,
  { method, index }: { method: BootMethod; index: number },
): Figure {
  const name = pointName(point);
  const { median, interval } = point.statistics ?? {};
  const chart = bootsChart({
    point: name,
    readings: readings(samples, point.name, method),
    boots: samples.reduce((most, { boot }) => Math.max(most, boot + 1), 1),
    palette: pagePalette,
    color: phaseColor(pagePalette, index),
    ...(median === undefined ? {} : { median }),
    ...(interval === undefined ? {} : { interval }),
  });
  const heading = methodsOf(summary).length > 1 ? `${name} ("${method}")` : name;
  return { chart, id: `boots-${method}-${index + 1}`, heading, caption: chart.description };
}

/** What a value of a phase is, by method. */
export const HOW = {
  exit: 'A phase lies between two boots here: each value is the difference of two boots of the same block, and scatters with both of them.',
  trace: 'Each value is the time between two points of one boot.',
} as const;

/** How the lengths of each phase are distributed. */
export async function distributionSection({ summary, samples }: ReportContent): Promise<Markup> {
  const [method] = methodsOf(summary);
  const spans = new Map(phaseSpans(summary).map((span) => [span.name, span]));
  const figures = summary.phases.flatMap(({ name, from, to, median, interval }, index): Figure[] => {
    const durations = phaseValues(samples, { to, ...(from === undefined ? {} : { from }) }, method);
    if (durations.length === 0) {
      return [];
    }
    const color = phaseColor(pagePalette, spans.get(name)?.family ?? 0);
    const figuresOf = { ...(median === undefined ? {} : { median }), ...(interval === undefined ? {} : { interval }) };
    const chart = distributionChart({ phase: name, durations, palette: pagePalette, color, ...figuresOf });
    return [{ chart, id: `distribution-${index + 1}`, heading: name, caption: chart.description }];
  });
  return html`<section aria-labelledby="distribution">
    <h2 id="distribution">How long each phase took</h2>
    <p class="faint">
      ${HOW[method]} Below each histogram a stroke for each value; line and band: the phase's figure and its 95 %
      interval.
    </p>
    ${await panels(figures)}
  </section>`;
}
