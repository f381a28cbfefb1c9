import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const SHOWN_LINES = 100;
const READ_BYTES = 65_536;

/** The last lines of a log, a hundred at most; one that begins before what is read of it is left out. Throws system errors. */
export function lastLines(path: string): string[] {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, READ_BYTES));
    const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.subarray(0, read).toString('utf8').trimEnd().split('\n');
    const whole = size > READ_BYTES && lines.length > 1 ? lines.slice(1) : lines;
    return whole.length === 1 && whole[0] === '' ? [] : whole.slice(-SHOWN_LINES);
  } finally {
    closeSync(descriptor);
  }
}
