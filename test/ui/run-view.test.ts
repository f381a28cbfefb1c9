import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/event.js';
import { plainPaint } from '../../src/ui/paint.js';
import { openRunView } from '../../src/ui/run-view.js';
import type { RunViewOptions } from '../../src/ui/view.js';
import { EVENTS, STEPS } from './recorded-run.js';

interface Shown {
  readonly events: readonly RunEvent[];
  readonly options?: Partial<RunViewOptions>;
  /** Milliseconds that pass before each event. */
  readonly pause?: number;
}

async function show({ events, options, pause = 0 }: Shown): Promise<string> {
  let text = '';
  let now = 1_000_000;
  const terminal = {
    paint: plainPaint,
    interactive: false,
    columns: () => Number.POSITIVE_INFINITY,
    write: (more: string) => void (text += more),
  };
  const view = await openRunView({ terminal, steps: STEPS, json: false, verbose: false, now: () => now, ...options });
  for (const event of events) {
    now += pause;
    view.sink(event);
  }
  await view.close();
  return text;
}

test('in a pipe every event is one line with the time since the start, and nothing moves the cursor', async () => {
  const text = await show({ events: EVENTS, pause: 100 });
  expect(text.split('\n')).toEqual([
    '[   0.1s] waiting for another run in this workspace: process 4711 (bootlap run nemu)',
    '[   0.2s] run 20261122T090000Z-stock-ab12 of recipe stock',
    '[   0.3s] fetch:kernel  fresh',
    '[   0.4s] patch:kernel  restored from the cache',
    '[   0.5s] make:kernel   starts: build the kernel (took 3m20s last time), because tool cc: 12 -> 13; b; and 1 more',
    '[   0.7s] make:kernel   warning: hunk 1 went in 12 lines lower',
    '[   0.8s] make:kernel   done in 3m10s',
    '[   0.9s] note: KVM cannot be used here: boots run with TCG',
    '[   1.0s] probe         starts: boot once per point',
    '[   1.2s] probe         failed after 30s',
    '[   1.3s] measure       skipped: probe failed',
    '',
  ]);
});

test('steps that the user left out are not mentioned', async () => {
  const events: RunEvent[] = [
    { event: 'step', step: 'report', status: 'skipped', seconds: 0, because: 'it is not selected' },
  ];
  expect(await show({ events })).toBe('');
  expect(await show({ events, options: { json: true } })).toContain('report');
});

test('--verbose adds what the programs print', async () => {
  expect(await show({ events: EVENTS, options: { verbose: true } })).toContain('make:kernel   |   CC      init/main.o');
});

test('a log of CI hears of progress now and then, not at every step of it', async () => {
  const events = Array.from({ length: 100 }, (_, index): RunEvent => {
    return { event: 'progress', step: 'measure', progress: { done: index, total: 100, unit: 'boots' } };
  });
  const lines = (await show({ events, pause: 1000 })).trim().split('\n');
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.length).toBeLessThan(10);
  expect(lines[0]).toMatch(/measure +\d+ of 100 boots$/);
});

test('--json prints every event as it is, one a line', async () => {
  const text = await show({ events: EVENTS, options: { json: true } });
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(EVENTS);
});
