import { expect, test } from 'vitest';
import { type ColourWish, wantsColour } from '../../src/ui/paint.js';

const terminal: ColourWish = { isTty: true, term: 'xterm-256color', noColour: undefined, forceColour: undefined };

test.each([
  ['a terminal has colours', {}, true],
  ['a pipe has none', { isTty: false }, false],
  ['a dumb terminal has none', { term: 'dumb' }, false],
  ['NO_COLOR takes them away', { noColour: '1' }, false],
  ['an empty NO_COLOR does not', { noColour: '' }, true],
  ['FORCE_COLOR gives a pipe colours', { isTty: false, forceColour: '1' }, true],
  ['FORCE_COLOR=0 takes them away', { forceColour: '0' }, false],
  ['NO_COLOR wins over FORCE_COLOR', { noColour: '1', forceColour: '1' }, false],
] as const)('%s', (_name, wish: Partial<ColourWish>, expected) => {
  expect(wantsColour({ ...terminal, ...wish })).toBe(expected);
});
