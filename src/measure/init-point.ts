import type { InitTrouble } from '../core/failures/measure.js';
import type { Point } from '../recipe/schema.js';

/** What `src/native/init.c` writes, and where. */
const PORT = 0xf7;
const VALUE = 1;

/** Tells whether it is the init that ships, rather than the firmware or the kernel, that writes at a point. */
export function isInitPoint({ port, value }: Point): boolean {
  return port === PORT && value === VALUE;
}

/**
 * What kept the init from its write, going by the console: its own words, or the kernel's about starting it.
 * `undefined` where none of them is there.
 */
export function initTrouble(console: string): InitTrouble | undefined {
  const error = /Failed to execute \/init \(error (-\d+)\)/.exec(console)?.[1];
  if (error !== undefined) {
    return { kind: 'not-executed', error: Number(error) };
  }
  return SIGNS.find(({ sign }) => sign.test(console))?.trouble;
}

const SIGNS: readonly { readonly sign: RegExp; readonly trouble: InitTrouble }[] = [
  { sign: /bootlap init: no ioperm and no iopl/, trouble: { kind: 'no-port-access' } },
  { sign: /bootlap init: ioperm and iopl are refused/, trouble: { kind: 'port-refused' } },
  { sign: /No working init found|Unable to mount root fs/, trouble: { kind: 'not-found' } },
];
