/** Plays a run in front of the built view, slowly enough to be drawn; the argument `verbose` shows programs' lines too. */

import { setTimeout as sleep } from 'node:timers/promises';
import { openRunView } from '../../dist/ui/run-view.js';
import { terminalOf } from '../../dist/ui/terminal.js';

const steps = ['fetch:kernel', 'make:firmware', 'make:kernel', 'probe', 'measure'].map((name) => ({
  name,
  title: `do ${name}`,
}));
const verbose = process.argv.includes('verbose');
const view = await openRunView({ terminal: terminalOf(process.stdout), steps, json: false, verbose, now: Date.now });
const play = async (event) => {
  view.sink(event);
  await sleep(20);
};

await play({ event: 'step', step: 'fetch:kernel', status: 'fresh', seconds: 0.01 });
await play({
  event: 'start',
  step: 'make:kernel',
  title: 'build the kernel',
  expectedSeconds: 200,
  because: ['tool cc: 12 -> 13'],
});
await play({ event: 'start', step: 'make:firmware', title: 'build the firmware', because: [] });
await sleep(400);
await play({ event: 'line', step: 'make:kernel', text: `  CC\t\u001B[31minit/main.o\u001B[0m ${'x'.repeat(200)}` });
await play({
  event: 'notice',
  step: 'make:kernel',
  level: 'warning',
  text: 'hunk 1 went in 12 lines lower than the patch says, which is rather far away',
});
await sleep(500);
await play({ event: 'step', step: 'make:firmware', status: 'failed', seconds: 1 });
await play({ event: 'step', step: 'make:kernel', status: 'ran', seconds: 190 });
await play({ event: 'step', step: 'probe', status: 'skipped', seconds: 0, because: 'make:firmware failed' });
await play({ event: 'notice', level: 'info', text: 'that is all' });
await view.close();
process.stdout.write('after\n');
