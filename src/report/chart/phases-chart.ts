import type { Summary } from '../summary.js';
import { fit } from '../columns.js';
import { estimateText } from '../estimate.js';
import type { Chart, Layer } from './drawing.js';
import { framed } from './framed.js';
import { phaseColor, type Palette } from './palette.js';
import { phaseSpans, type PhaseSpan } from './phase-spans.js';
import { barLayer, besideLayer, bodyOf, stackLayers, whiskerLayers } from './phase-layers.js';
import { axisOf, phaseBlocks, phaseRows, type Frame } from './phase-shapes.js';
import { estimateWords } from './words.js';

/** How the phases are drawn. */
export interface PhasesLook {
  readonly palette: Palette;
  /** Pixels, all in all. Below 600 the figures beside the bars leave out their intervals. */
  readonly width: number;
}

const LETTER = 7;
const NAME = 14;

/**
 * The phases of a boot: on top all of them one after the other, each with its parts below it; then each in a row of
 * its own, where it lies in the boot, with the 95 % interval of its length below its end.
 */
export function phasesChart(summary: Pick<Summary, 'points' | 'phases'>, look: PhasesLook): Chart {
  const total = summary.points.at(-1)?.statistics?.median ?? 0;
  const spans = phaseSpans(summary).map((span) => ({ ...span, figure: figureOf(span, total, look.width) }));
  const frame = frameOf(spans, look);
  const layer = [...stack(spans, frame, look.palette), ...rows(spans, frame, look.palette)];
  return {
    title: 'Phases of a boot',
    description: spans.map(inWords).join('; '),
    spec: {
      ...framed(frame, look),
      // An empty list of layers is no chart to Vega.
      layer: layer.length === 0 ? [{ data: { values: [] }, mark: 'rect' }] : layer,
    },
  };
}

function inWords({ name, duration, interval }: PhaseSpan): string {
  return `${name}: ${duration === undefined ? 'no figure' : estimateWords(duration, interval)}`;
}

/** A phase with what stands beside its bar. */
interface ShownSpan extends PhaseSpan {
  readonly figure: string;
}

function frameOf(spans: readonly ShownSpan[], { width }: PhasesLook): Frame {
  const names = spans.map(({ name, depth }) => (Math.min(NAME, name.length) + 1.2 * depth) * LETTER);
  const left = Math.max(0, ...names) + 12;
  const figures = Math.max(0, ...spans.map(({ figure }) => figure.length * LETTER));
  const inside = Math.max(80, width - left - figures - 12);
  const depths = Math.max(0, ...spans.map(({ depth }) => depth + 1));
  return {
    left,
    width: inside,
    height: depths * BAND + GAP + spans.length * ROW,
    top: depths * BAND + GAP,
    row: ROW,
    band: BAND,
    ...axisOf(spans),
  };
}

const BAND = 26;
const GAP = 14;
const ROW = 30;
const WIDE = 600;
/** Of the kind that is not drawn together. */
const GAP_TEXT = '\u00a0\u00a0';

function figureOf({ duration, interval }: PhaseSpan, total: number, width: number): string {
  if (duration === undefined) {
    return 'no figure';
  }
  const share = total > 0 ? `${Math.round((duration / total) * 100)} %` : '';
  const figure = estimateText(duration, interval);
  return [figure.value, share, width < WIDE ? '' : figure.interval].filter((part) => part !== '').join(GAP_TEXT);
}

function stack(spans: readonly PhaseSpan[], frame: Frame, palette: Palette): Layer[] {
  const blocks = phaseBlocks(spans, frame).map((block) => ({ ...block, color: phaseColor(palette, block.family) }));
  return stackLayers(blocks, frame, palette);
}

function rows(spans: readonly ShownSpan[], frame: Frame, palette: Palette): Layer[] {
  const values = phaseRows(spans, frame).map((row, index) => ({
    ...row,
    figure: spans[index]?.figure,
    label: `${'· '.repeat(row.depth)}${fit(row.name, NAME)}`,
    ...bodyOf(row, phaseColor(palette, row.family)),
  }));
  return [
    barLayer(
      values.filter(({ duration }) => duration !== undefined),
      frame,
    ),
    ...whiskerLayers(values, frame, palette),
    besideLayer(values, frame, { name: 'phase-names', field: 'label', x: { value: -8 }, align: 'right' }),
    besideLayer(values, frame, {
      name: 'phase-figures',
      field: 'figure',
      x: { value: frame.width + 8 },
      align: 'left',
    }),
  ];
}
