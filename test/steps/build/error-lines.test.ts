import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Build } from '../../../src/recipe/schema.js';
import { failureLines } from '../../../src/ui/failure-lines.js';
import { ErrorLines } from '../../../src/steps/build/error-lines.js';
import { plainPaint } from '../../../src/ui/paint.js';
import { MakeRig } from '../make-rig.js';

let rig: MakeRig;
beforeEach(async () => {
  rig = await MakeRig.open();
});
afterEach(() => rig.close());

/** Says a lot that does not matter, why it stops, and a lot more. */
const script = (...why: string[]) =>
  [
    '#!/bin/sh',
    'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "./configure: $i: which: not found"; done',
    "cat <<'END'",
    ...why,
    'END',
    'seq 100 140',
    'exit 1',
  ].join('\n');

const build: Build = { system: 'configure', options: ['--x'], targets: [], variables: {}, 'cc-options': [] };

test.each([
  ['ERROR: glib-2.48 gthread-2.0 is required to compile QEMU'],
  ['ERROR: User requested feature spice', '       configure was not able to find it.', '       Install spice-server'],
  ['ERROR: "python3" not usable. Use --python=/path/to/python'],
  ['configure: error: no acceptable C compiler found'],
  ["../meson.build:10:3: ERROR: Dependency 'glib-2.0' not found, tried pkgconfig"],
])('a ./configure that refuses: %s is what the user reads first', async (...why) => {
  rig.fetched({ configure: script(...why) });
  const made = await rig.make({ build, outputs: { image: 'prog' } });
  if (made.ok) {
    throw new Error('it went through');
  }
  const shown = failureLines({ failure: made.failure }, { paint: plainPaint, columns: () => 100 });
  expect(shown[0]).toBe('✖ ../configure failed with status 1');
  const quoted = shown.filter((line) => line.startsWith('  │ ')).map((line) => line.slice(4));
  expect(quoted.slice(0, why.length)).toEqual(why);
  expect(quoted.at(-1)).toBe('140');
  expect(shown.join(' ')).toContain('config.log');
});

test('errors from far above the end stay in sight, however many there are', () => {
  const lines = new ErrorLines();
  const said = [...Array(50).keys()].map((n) => `f.c:${n}: error: e`);
  const last = [...Array(25).keys()].map((n) => `last ${n}`);
  [...said, ...last].forEach((line) => lines.hear(line));
  const shown = lines.shown(last);
  expect(shown).toHaveLength(20);
  expect(shown.slice(0, 12)).toEqual(said.slice(0, 12));
  expect(shown.at(-1)).toBe('last 24');
});
