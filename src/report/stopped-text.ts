import { readableDuration } from '../measure/duration.js';
import type { Summary } from './summary.js';

/** Why a measurement was over that was not told how many boots to make; `undefined` where it was. No full stop. */
export function stoppedText({ stopped }: Pick<Summary, 'stopped'>): string | undefined {
  if (stopped === undefined) {
    return undefined;
  }
  const { by, elapsedNs, asked, width, enough } = stopped;
  const after = `stopped after ${stopped.boots} boots for each point`;
  const reached = width === undefined ? '' : `, with an interval of ${shareText(width)} of the median`;
  switch (by) {
    case 'time':
      return `${after} and ${readableDuration(Number(elapsedNs))}, as "for: ${asked.for ?? ''}" asks${reached}`;
    case 'precision':
      return `${after}${reached}, as "until: ${asked.until ?? ''}" asks`;
    case 'cap': {
      const more = enough === undefined ? '' : `; about ${enough} boots would do`;
      return `${after}, at "max-boots", before what was asked for was there${reached}${more}`;
    }
  }
}

/** `0.98 %`, `12.3 %`. */
function shareText(share: number): string {
  const percent = share * 100;
  return `${percent.toFixed(percent < 10 ? 2 : 1)} %`;
}
