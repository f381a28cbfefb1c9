/** Durations, sizes and ages as a person reads them. */

/** Seconds: `0s`, `0.04s`, `1.2s`, `12s`, `2m10s`, `1h05m`. */
export function duration(seconds: number): string {
  if (seconds < 0.005) {
    return '0s';
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(seconds < 0.095 ? 2 : 1)}s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole}s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)}m${padded(whole % 60)}s`;
  }
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)}h${padded(minutes % 60)}m`;
}

/** Seconds without a fraction, for what counts up before a person's eyes: `0s`, `9s`, `2m10s`. */
export function wholeDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  return whole < 60 ? `${whole}s` : duration(whole);
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units, as disks and networks count: `812 B`, `1.5 kB`, `131 MB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? 'B'}`;
}

/** How long ago something was, both in milliseconds since 1970: `just now`, `5 minutes ago`, `3 days ago`. */
export function age(then: number, now: number): string {
  const seconds = (now - then) / 1000;
  if (seconds < 60) {
    return seconds < 0 ? 'in the future (was the clock set back?)' : 'just now';
  }
  if (seconds < 3600) {
    return ago(seconds / 60, 'minute');
  }
  return seconds < 86_400 ? ago(seconds / 3600, 'hour') : ago(seconds / 86_400, 'day');
}

function ago(number: number, unit: string): string {
  const whole = Math.floor(number);
  return `${whole} ${unit}${whole === 1 ? '' : 's'} ago`;
}

const SIZE = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i;

/** Bytes of a size such as `5G`, `500MB` or `2GiB`; `undefined` for anything else. */
export function parseSize(text: string): number | undefined {
  const [, number, prefix = '', binary] = SIZE.exec(text.trim()) ?? [];
  if (number === undefined) {
    return undefined;
  }
  const exponent = ['', 'k', 'm', 'g', 't'].indexOf(prefix.toLowerCase());
  return Math.round(Number(number) * (binary === '' ? 1000 : 1024) ** exponent);
}
