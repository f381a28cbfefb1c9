import { expect, test } from 'vitest';
import { knownRecord } from '../rig/vm-summary.js';
import { drawer } from '../rig/drawn.js';
import { samplesOf } from '../rig/measured.js';
import { guestRecipe } from '../rig/vm-step.js';
import type { Sample } from '../../src/measure/samples.js';
import { sessionsApart } from '../../src/report/find-sessions-apart.js';
import { summarise } from '../../src/report/summary.js';
import { warningText } from '../../src/report/warning-text.js';

const { normal } = drawer(5);
const [pattern = expect.fail()] = samplesOf({}).filter(({ warmup }) => !warmup);

/** Sessions of so many boots, each around its own milliseconds. */
function sessions(...each: readonly (readonly [boots: number, milliseconds: number])[]): Sample[] {
  return each.flatMap(([boots, milliseconds], index) =>
    Array.from({ length: boots }, (_, boot): Sample => {
      const ns = String(Math.round((milliseconds + normal()) * 1e6));
      return { ...pattern, boot, session: index + 1, markersNs: { firmware: '1', kernel: '2', 'user-space': ns } };
    }),
  );
}

const asked = { point: 'user-space', method: 'trace', chance: 0.01, matters: 0.01 } as const;

test('boots that were added on another day are told where the machine was another', () => {
  const samples = sessions([20, 1000], [20, 1000], [20, 1030]);
  expect(sessionsApart({ samples, ...asked })).toMatchObject({ session: 3, sessions: 3, point: 'user-space' });
  const { warnings } = summarise(guestRecipe(), { ...knownRecord('trace'), sessions: 3 }, samples);
  const found = warnings.filter(({ kind }) => kind === 'sessions-apart' || kind === 'drift');
  expect(found).toMatchObject([{ kind: 'sessions-apart' }]);
  const [warning = expect.fail()] = found;
  expect(warningText(warning).text).toMatch(
    /^in session 3 of 3, boots to "user-space" took [\d.]+ ms \(3[\d.]* %\) longer than before$/,
  );
  expect(warningText(warning).advice).toContain('--force measure');
});

test('sessions that agree, and ones of too few boots to tell, are not told', () => {
  expect(sessionsApart({ samples: sessions([20, 1000], [20, 1000]), ...asked })).toBeUndefined();
  expect(sessionsApart({ samples: sessions([20, 1000], [3, 1500]), ...asked })).toBeUndefined();
  expect(sessionsApart({ samples: sessions([40, 1000]), ...asked })).toBeUndefined();
});

test('of sessions that agree, one in a hundred is called apart at most', () => {
  let called = 0;
  for (let trial = 0; trial < 400; trial += 1) {
    const samples = sessions([15, 1000], [15, 1000], [15, 1000]);
    called += sessionsApart({ samples, ...asked, matters: 0 }) === undefined ? 0 : 1;
  }
  expect(called).toBeLessThanOrEqual(12);
});
