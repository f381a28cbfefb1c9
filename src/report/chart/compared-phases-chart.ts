import type { Summary } from '../summary.js';
import { fit } from '../columns.js';
import { estimateText } from '../estimate.js';
import type { Chart, Layer } from './drawing.js';
import { framed } from './framed.js';
import type { Palette } from './palette.js';
import { barLayer, besideLayer, bodyOf, stackLayers, whiskerLayers, type PaintedBlock } from './phase-layers.js';
import { axisOf, phaseBlocks, phaseRows, type Frame, type PhaseRow } from './phase-shapes.js';
import { phaseSpans, type PhaseSpan } from './phase-spans.js';
import type { PhasesLook } from './phases-chart.js';
import { estimateWords } from './words.js';

/** The phases of both sides of a comparison. */
export type ComparedPhases = Readonly<Record<Side, Pick<Summary, 'points' | 'phases'>>>;

type Side = 'a' | 'b';
const SIDES: readonly Side[] = ['a', 'b'];
type Spans = Readonly<Record<Side, readonly PhaseSpan[]>>;

const LETTER = 7;
const NAME = 14;
const BAND = 26;
const GAP = 14;
/** Of one side's bar with the interval below it. */
const SIDE_ROW = 25;
const ROW = 2 * SIDE_ROW + 8;
const WIDE = 600;

/**
 * The phases of two boots on one axis: on top those of A and below them those of B, one after the other, each with its
 * parts below it; then each phase of both, where it lies in the boot, with the 95 % interval of its length.
 */
export function comparedPhasesChart(phases: ComparedPhases, look: PhasesLook): Chart {
  const spans: Spans = { a: phaseSpans(phases.a), b: phaseSpans(phases.b) };
  const names = unionOf(spans);
  const frame = frameOf(spans, names, look);
  const layer = [...stacks(spans, frame, look.palette), ...rows(spans, names, { frame, look })];
  return {
    title: 'Phases of a boot, of A and of B',
    description: names
      .map((name) => `${name}: ${SIDES.map((side) => inWords(spans, name, side)).join(', ')}`)
      .join('; '),
    spec: {
      ...framed(frame, look),
      layer: names.length === 0 ? [{ data: { values: [] }, mark: 'rect' }] : layer,
    },
  };
}

/** In A's order; what only B has comes last. */
function unionOf({ a, b }: Spans): string[] {
  return [...new Set([...a, ...b].map(({ name }) => name))];
}

function inWords(spans: Spans, name: string, side: Side): string {
  const { duration, interval } = spanOf(spans, name, side) ?? {};
  return `${side.toUpperCase()} ${duration === undefined ? 'no figure' : estimateWords(duration, interval)}`;
}

function spanOf(spans: Spans, name: string, side: Side): PhaseSpan | undefined {
  return spans[side].find((span) => span.name === name);
}

function figureOf(span: PhaseSpan | undefined, width: number): string {
  if (span?.duration === undefined) {
    return 'no figure';
  }
  const { value, interval } = estimateText(span.duration, span.interval);
  return width < WIDE ? value : `${value}\u00a0\u00a0${interval}`;
}

function frameOf(spans: Spans, names: readonly string[], { width }: PhasesLook): Frame {
  const both = [...spans.a, ...spans.b];
  const longest = both.map(({ name, depth }) => (Math.min(NAME, name.length) + 1.2 * depth + 3) * LETTER);
  const left = Math.max(3 * LETTER, ...longest) + 12;
  const figures = Math.max(0, ...both.map((span) => figureOf(span, width).length * LETTER));
  const stacked = stackHeight(spans.a) + stackHeight(spans.b) + 2 * GAP;
  return {
    left,
    width: Math.max(80, width - left - figures - 12),
    height: stacked + names.length * ROW,
    top: stacked,
    row: ROW,
    band: BAND,
    ...axisOf(both),
  };
}

function stackHeight(spans: readonly PhaseSpan[]): number {
  return Math.max(0, ...spans.map(({ depth }) => depth + 1)) * BAND;
}

function stacks(spans: Spans, frame: Frame, palette: Palette): Layer[] {
  const below = { a: 0, b: stackHeight(spans.a) + GAP };
  const blocks = SIDES.flatMap((side) =>
    phaseBlocks(spans[side], frame).map((block): PaintedBlock => ({
      ...block,
      top: block.top + below[side],
      bottom: block.bottom + below[side],
      centre: block.centre + below[side],
      color: palette.sides[side],
    })),
  );
  const letters = SIDES.map((side) => ({ side: side.toUpperCase(), centre: below[side] + BAND / 2 }));
  return [...stackLayers(blocks, frame, palette), ...sideLetters('stack-sides', letters, { frame, palette })];
}

/** `A` and `B` beside what is theirs, in their colours. */
function sideLetters(
  name: string,
  values: readonly { readonly side: string; readonly centre: number }[],
  { frame, palette }: { frame: Frame; palette: Palette },
): Layer[] {
  return SIDES.map((side) =>
    besideLayer(
      values.filter((value) => value.side === side.toUpperCase()),
      frame,
      { name: `${name}-${side}`, field: 'side', x: { value: -8 }, align: 'right', color: palette.sides[side] },
    ),
  );
}

interface ShownRow extends PhaseRow {
  readonly fill: string;
  readonly stroke: string;
  readonly side: string;
  readonly figure: string;
}

function rows(spans: Spans, names: readonly string[], { frame, look }: { frame: Frame; look: PhasesLook }): Layer[] {
  const shown = names.flatMap((name, index) =>
    SIDES.map((side, below) => {
      const top = frame.top + index * ROW + below * SIDE_ROW;
      return shownRow(spanOf(spans, name, side) ?? { name, depth: 0, family: 0, begin: 0 }, side, { frame, look, top });
    }),
  );
  const labels = names.map((name, index) => {
    const depth = [spans.a, spans.b].flatMap((side) => side.filter((span) => span.name === name))[0]?.depth ?? 0;
    return { label: `${'· '.repeat(depth)}${fit(name, NAME)}`, centre: frame.top + index * ROW + SIDE_ROW - 3 };
  });
  const right = { x: { value: -8 }, align: 'right' } as const;
  return [
    barLayer(
      shown.filter(({ duration }) => duration !== undefined),
      frame,
    ),
    ...whiskerLayers(shown, frame, look.palette),
    besideLayer(labels, frame, { name: 'phase-names', field: 'label', ...right, x: { value: -8 - 2.5 * LETTER } }),
    ...sideLetters('phase-sides', shown, { frame, palette: look.palette }),
    besideLayer(shown, frame, { name: 'phase-figures', field: 'figure', x: { value: frame.width + 8 }, align: 'left' }),
  ];
}

function shownRow(
  span: PhaseSpan,
  side: Side,
  { frame, look, top }: { frame: Frame; look: PhasesLook; top: number },
): ShownRow {
  const [row] = phaseRows([span], { ...frame, top });
  if (row === undefined) {
    throw new Error('a phase has no row');
  }
  const figure = figureOf(span, look.width);
  return { ...row, ...bodyOf(row, look.palette.sides[side]), side: side.toUpperCase(), figure };
}
