import { intervalText, shiftText } from '../comparison-words.js';
import type { ComparedRow } from '../../measure/comparison/compare.js';
import type { Chart, Layer } from './drawing.js';
import { framed } from './framed.js';
import { limitOf, ROW, shareOf, shiftFrame, shiftScales, shownName, shownWords } from './shift-frame.js';
import type { ShiftFrame, ShiftRequest } from './shift-frame.js';

/**
 * The shift of each phase with its 95 % interval, in percent of A's median: to the left of the line in the middle B is
 * faster. The grey band holds what is of no practical worth.
 */
export function shiftChart(request: ShiftRequest): Chart {
  const frame = shiftFrame(request);
  return {
    title: 'By how much B lies above A, phase by phase',
    description: request.rows.map(inWords).join('; '),
    spec: {
      ...framed(frame, request),
      layer: [
        ...ground(request, frame),
        ...gateLayers(request, frame),
        ...intervalLayers(request, frame),
        ...words(request, frame),
      ],
    },
  };
}

function inWords(row: ComparedRow): string {
  return `${row.name}: ${shiftText(row)} (95 % interval ${intervalText(row)}), ${row.verdict}`;
}

/** The threshold's band, and the line at which the two are equal. */
function ground({ rows, threshold, palette }: ShiftRequest, frame: ShiftFrame): Layer[] {
  const { x, y } = shiftScales(frame);
  const bands = rows.flatMap((row, index) => {
    const bound = shareOf(row, threshold);
    return bound === undefined ? [] : [{ shift: -bound, to: bound, top: index * ROW, bottom: (index + 1) * ROW }];
  });
  return [
    {
      name: 'threshold',
      data: { values: bands },
      mark: { type: 'rect', color: palette.faint, opacity: 0.22 },
      encoding: { x, x2: { field: 'to' }, y: { ...y, field: 'top' }, y2: { field: 'bottom' } },
    },
    {
      name: 'equal',
      data: { values: [{ shift: 0 }] },
      mark: { type: 'rule', color: palette.faint, strokeWidth: 1.5 },
      encoding: { x },
    },
  ] as Layer[];
}

function gateLayers({ rows, gates, palette }: ShiftRequest, frame: ShiftFrame): Layer[] {
  const { x, y } = shiftScales(frame);
  const values = gates.flatMap((gate) => {
    const index = rows.findIndex(({ name }) => name === gate.row);
    const shift = limitOf(gate, rows);
    const isInSight = shift !== undefined && shift > frame.domain[0] && shift < frame.domain[1];
    return !isInSight ? [] : [{ shift, centre: index * ROW + 3, end: (index + 1) * ROW - 3 }];
  });
  return [
    {
      name: 'gates',
      data: { values },
      mark: { type: 'rule', color: palette.failed, strokeWidth: 2, strokeDash: [4, 2] },
      encoding: { x, y, y2: { field: 'end' } },
    },
  ] as Layer[];
}

/** A row's interval and where it is drawn. */
interface DrawnInterval {
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly centre: number;
  readonly top: number;
  readonly bottom: number;
  readonly fill: string;
  readonly size: number;
}

function drawnIntervals({ rows, palette, total }: ShiftRequest): DrawnInterval[] {
  return rows.flatMap(({ percent, verdict, name }, index) => {
    const centre = index * ROW + ROW / 2;
    const isSettled = verdict === 'faster' || verdict === 'slower';
    const fill = isSettled ? palette.ink : palette.surface;
    return percent === undefined
      ? []
      : [{ ...percent, centre, top: centre - 5, bottom: centre + 5, fill, size: name === total ? 110 : 60 }];
  });
}

function intervalLayers(request: ShiftRequest, frame: ShiftFrame): Layer[] {
  const { x, y } = shiftScales(frame);
  const [least, most] = frame.domain;
  const { palette } = request;
  const values = drawnIntervals(request);
  const mark = { type: 'rule', color: palette.ink, strokeWidth: 1.75 };
  const cap = (field: 'low' | 'high'): Layer =>
    ({
      name: `intervals-${field}`,
      // An interval that is cut off at the edge has no end there.
      data: { values: values.filter((value) => value[field] > least && value[field] < most) },
      mark,
      encoding: { x: { ...x, field }, y: { ...y, field: 'top' }, y2: { field: 'bottom' } },
    }) as Layer;
  return [
    {
      name: 'intervals',
      data: { values },
      mark,
      encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
    },
    cap('low'),
    cap('high'),
    {
      name: 'shifts',
      data: { values },
      mark: { type: 'point', shape: 'circle', stroke: palette.ink, strokeWidth: 1.75, opacity: 1 },
      encoding: {
        x,
        y,
        size: { field: 'size', type: 'quantitative', scale: null },
        fill: { field: 'fill', type: 'nominal', scale: null },
      },
    },
  ] as Layer[];
}

function words({ rows, width, total }: ShiftRequest, frame: ShiftFrame): Layer[] {
  const { y } = shiftScales(frame);
  const values = rows.map((row, index) => ({
    centre: index * ROW + ROW / 2,
    label: shownName(row),
    words: shownWords(row, width),
    weight: row.name === total ? 700 : 400,
  }));
  const layer = (field: 'label' | 'words', x: number, align: 'left' | 'right'): Layer[] =>
    [700, 400].map(
      (weight) =>
        ({
          name: `${field}-${weight}`,
          data: { values: values.filter((value) => value.weight === weight) },
          mark: { type: 'text', align, baseline: 'middle', fontWeight: weight },
          encoding: { x: { value: x }, y, text: { field, type: 'nominal' } },
        }) as Layer,
    );
  return [...layer('label', -10, 'right'), ...layer('words', frame.width + 8, 'left')];
}
