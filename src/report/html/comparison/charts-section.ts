import { comparedBootsChart } from '../../chart/boots-chart.js';
import { comparedDistributionChart } from '../../chart/compared-distribution-chart.js';
import { ecdfChart } from '../../chart/ecdf-chart.js';
import { pagePalette } from '../../chart/palette.js';
import { countedDurations, phaseValues, readings } from '../../chart/readings.js';
import type { BootsRequest } from '../../chart/boots-chart.js';
import type { PointSummary } from '../../summary.js';
import { HOW } from '../charts-section.js';
import { pointName } from '../content.js';
import { panels, type Figure } from '../figure.js';
import { html, type Markup } from '../markup.js';
import { figuresOf, letter, SIDES, type ComparisonContent, type SideName } from './content.js';

/** By when which share of the boots had come to a point, A and B in one drawing. */
export async function ecdfSection(content: ComparisonContent): Promise<Markup> {
  const figures = sharedPoints(content).map((point, index): Figure => {
    const series = SIDES.map((side) => ({
      name: side.toUpperCase(),
      durations: countedDurations(readingsOf(content, side, point.name)),
      color: pagePalette.sides[side],
    }));
    const chart = ecdfChart({ point: pointName(point), series, palette: pagePalette, color: pagePalette.ink });
    return { chart, id: `ecdf-${index + 1}`, heading: pointName(point), caption: chart.description };
  });
  return html`<section aria-labelledby="ecdf">
    <h2 id="ecdf">By when how many boots had come to a point</h2>
    <p class="faint">${letter('a')}: full line. ${letter('b')}: dashed line. The one further to the left is faster.</p>
    ${await panels(figures)}
  </section>`;
}

/** The points that both have, in A's order. */
function sharedPoints(content: ComparisonContent): readonly PointSummary[] {
  const others = figuresOf(content, 'b').points;
  return figuresOf(content, 'a').points.filter(({ name }) => others.some((other) => other.name === name));
}

function readingsOf({ document, sides }: ComparisonContent, side: SideName, point: string): BootsRequest['readings'] {
  return readings(sides[side].samples, point, document.methods[side]);
}

/** Every boot of both in order. */
export async function bootsSection(content: ComparisonContent): Promise<Markup> {
  const figures = sharedPoints(content).map((point, index): Figure => {
    const chart = comparedBootsChart({ a: bootsOf(content, 'a', point), b: bootsOf(content, 'b', point) });
    return { chart, id: `boots-${index + 1}`, heading: pointName(point), caption: chart.description };
  });
  return html`<section aria-labelledby="boots">
    <h2 id="boots">Boots in order</h2>
    <p class="faint">
      ${content.document.interleaved ? INTERLEAVED : ONE_BY_ONE} ${letter('a')}: ● a boot, ○ an outlier (it counts).
      ${letter('b')}: ▲ a boot, △ an outlier. × in the colour of its side: a boot that failed (no time: drawn at the
      upper edge). Grey outline: a boot to warm up (in no figure). Lines and bands: the medians and their 95 %
      intervals. A dashed line ends the warming up, or begins a session that went on with an unfinished measurement.
    </p>
    ${await panels(figures)}
  </section>`;
}

const INTERLEAVED = 'The boots of both were done in turn, in shuffled blocks: what drifts meets both alike.';
const ONE_BY_ONE = 'Each was measured by itself, and is drawn in the order of its own boots.';

function bootsOf(content: ComparisonContent, side: SideName, { name }: PointSummary): BootsRequest {
  const { samples } = content.sides[side];
  const point = figuresOf(content, side).points.find((candidate) => candidate.name === name);
  const { median, interval } = point?.statistics ?? {};
  const all = SIDES.flatMap((each) => content.sides[each].samples);
  return {
    point: pointName(point ?? { name }),
    readings: readings(samples, name, content.document.methods[side]),
    boots: all.reduce((most, { boot }) => Math.max(most, boot + 1), 1),
    palette: pagePalette,
    color: pagePalette.sides[side],
    ...(median === undefined ? {} : { median }),
    ...(interval === undefined ? {} : { interval }),
  };
}

/** How the lengths of each phase are distributed. */
export async function distributionSection(content: ComparisonContent): Promise<Markup> {
  const { document, sides } = content;
  const figures = figuresOf(content, 'a').phases.flatMap((phase, index): Figure[] => {
    const other = figuresOf(content, 'b').phases.find(({ name }) => name === phase.name);
    const durations = {
      a: phaseValues(sides.a.samples, phase, document.methods.a),
      b: other === undefined ? [] : phaseValues(sides.b.samples, other, document.methods.b),
    };
    if (durations.a.length === 0 || durations.b.length === 0) {
      return [];
    }
    const chart = comparedDistributionChart({ phase: phase.name, durations, palette: pagePalette });
    return [{ chart, id: `distribution-${index + 1}`, heading: phase.name, caption: chart.description }];
  });
  return html`<section aria-labelledby="distribution">
    <h2 id="distribution">How long each phase took</h2>
    <p class="faint">
      ${HOW[document.methods.a]} The bars of ${letter('a')} stand up and those of ${letter('b')} hang down, in the same
      classes. Lines: the medians.
    </p>
    ${await panels(figures)}
  </section>`;
}
