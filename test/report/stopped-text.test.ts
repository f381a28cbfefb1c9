import { expect, test } from 'vitest';
import { reproduceCommand } from '../../src/report/reproduce.js';
import { stoppedText } from '../../src/report/stopped-text.js';
import { summarise, type Summary } from '../../src/report/summary.js';
import { summaryText } from '../../src/report/table.js';
import { samplesOf } from '../rig/measured.js';
import { guestRecipe } from '../rig/vm-step.js';
import { knownRecord } from '../rig/vm-summary.js';

const ASKED = { until: '1%', 'max-boots': 40 };

function summaryOf(stopped: NonNullable<Summary['stopped']>): Summary {
  return summarise(guestRecipe(), { ...knownRecord('trace'), stopped }, samplesOf({ boots: 12 }));
}

test.each([
  [
    { by: 'time', boots: 12, elapsedNs: '60500000000', asked: { for: '60s', 'max-boots': 40 }, width: 0.021 },
    'stopped after 12 boots for each point and 60.500 s, as "for: 60s" asks, with an interval of 2.10 % of the median',
  ],
  [
    { by: 'precision', boots: 12, elapsedNs: '1', asked: ASKED, width: 0.0098 },
    'stopped after 12 boots for each point, with an interval of 0.98 % of the median, as "until: 1%" asks',
  ],
  [
    { by: 'cap', boots: 40, elapsedNs: '1', asked: ASKED, width: 0.123, enough: 800 },
    'stopped after 40 boots for each point, at "max-boots", before what was asked for was there, with an interval of 12.3 % of the median; about 800 boots would do',
  ],
] as const)('why a measurement was over is told: %j', (stopped, text) => {
  expect(stoppedText({ stopped })).toBe(text);
  expect(summaryText(summaryOf(stopped)).replaceAll(/\n {2}/g, ' ')).toContain(text);
  expect(
    Math.max(
      ...summaryText(summaryOf(stopped))
        .split('\n')
        .map(({ length }) => length),
    ),
  ).toBeLessThanOrEqual(80);
});

test('the same again asks for the same end', () => {
  const summary = summaryOf({ by: 'precision', boots: 12, elapsedNs: '1', asked: ASKED, width: 0.0098 });
  const command = reproduceCommand({ summary, plan: { boots: 12, warmup: 2, seed: 1 }, timeout: '30s' }).join(' ');
  expect(command).toContain('--set measure.until=1% --set measure.max-boots=40');
  expect(command).not.toContain('measure.boots=');
});
