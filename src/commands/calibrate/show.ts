import { join } from 'node:path';
import { calibrationLines } from '../../report/calibration-table.js';
import { age } from '../../ui/quantities.js';
import type { Session } from '../session.js';
import { widthOf } from '../width.js';
import { CALIBRATION_REPORT, type Calibrated } from './measure.js';

/** Prints a calibration: for a person, or as one line of JSON. */
export function showCalibration(
  { document, folder, measuredBefore }: Calibrated,
  { session: { output }, json }: { readonly session: Session; readonly json: boolean },
): void {
  if (json) {
    output.write(`${JSON.stringify({ event: 'calibration', folder, ...document })}\n`);
    return;
  }
  const lines = calibrationLines(document, { width: widthOf(output), paint: output.paint });
  const { dim } = output.paint;
  const more = [
    ...ageLines(measuredBefore).map((line) => dim(line)),
    `report: ${join(folder, CALIBRATION_REPORT)}`,
    dim(`recorded in ${folder}`),
  ];
  output.write(`${[...lines, '', ...more].join('\n')}\n`);
}

function ageLines(measuredBefore: string | undefined): string[] {
  return measuredBefore === undefined
    ? []
    : [`measured ${age(Date.parse(measuredBefore), Date.now())}, and nothing has changed since; --force boots again`];
}
