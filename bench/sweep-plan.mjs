// The plan of a sweep of 10,000 cells: what every front end does first, on a login node that is not its own.

import { join } from 'node:path';
import { root } from './places.mjs';
import { makeSweepPlace } from './sweep-place.mjs';
import { median, watched } from './timing.mjs';

const CELLS = 10_000;
const ROUNDS = 5;
const MOST = { seconds: 5, megabytes: 300 };

export async function sweepPlan(folder) {
  const place = join(folder, 'sweep');
  makeSweepPlace(place, CELLS);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(
      await watched([join(root, 'dist', 'bin', 'cli.js'), 'sweep', 'cells.yaml', '--dry-run'], { cwd: place }),
    );
  }
  const ours = median(rounds.map(({ seconds }) => seconds));
  const peak = Math.max(...rounds.map(({ megabytes }) => megabytes));
  const words = rounds.map((round) => {
    const { seconds, processor, megabytes } = round;
    return `${seconds.toFixed(2)} s (${processor.toFixed(1)} s of the processor), ${megabytes.toFixed(0)} MB`;
  });
  console.log(words.join('; '));
  return [
    {
      what: `plan of a sweep of ${CELLS} cells (at most ${peak.toFixed(0)} MB)`,
      ours,
      goal: `${MOST.seconds} s, ${MOST.megabytes} MB`,
      met: ours <= MOST.seconds && peak <= MOST.megabytes,
    },
  ];
}
