import { rowOf } from '../../measure/comparison/compare.js';
import type { ComparisonDocument } from '../comparison.js';
import { imageOf } from './image.js';
import { neutralPalette } from './palette.js';
import { shiftChart } from './shift-chart.js';
import type { ShiftRequest } from './shift-frame.js';

const WIDTH = 800;

/** `compare.svg`: the shifts alone, as an image that is readable on a light and on a dark page. */
export async function shiftImage(document: ComparisonDocument): Promise<string> {
  return imageOf(shiftChart({ ...shiftsOf(document), palette: neutralPalette, width: WIDTH }), 'shift');
}

/** What the chart of shifts is drawn from: the phases, then the whole boot. */
export function shiftsOf(document: ComparisonDocument): Omit<ShiftRequest, 'palette' | 'width'> {
  const { rows, threshold, total } = document;
  const last = rows.filter(({ kind, name }) => kind === 'point' && name === total);
  return {
    rows: [...rows.filter(({ kind }) => kind === 'phase'), ...last],
    ...(total === undefined ? {} : { total }),
    threshold,
    gates: document.gates.flatMap((gate) => {
      const row = rowOf(document, gate.target);
      return row === undefined ? [] : [{ ...gate, row: row.name }];
    }),
  };
}
