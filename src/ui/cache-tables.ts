import { age, duration, size } from './quantities.js';

/** What the list shows of a result in the cache. */
export interface CacheRow {
  readonly fingerprint: string;
  /** Missing where the record is damaged. */
  readonly step?: string;
  readonly lastUsed: Date;
  readonly bytes: number;
  readonly seconds?: number;
}

/** The results in the cache as a table, then their sum. `now` in milliseconds since 1970. */
export function cacheListLines(rows: readonly CacheRow[], now: number): string[] {
  if (rows.length === 0) {
    return ['the cache is empty'];
  }
  const width = Math.max(4, ...rows.map(({ step }) => (step ?? '(damaged)').length));
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  return [
    `${'step'.padEnd(width)}  ${'size'.padStart(8)}  ${'took'.padStart(6)}  ${'fingerprint'.padEnd(12)}  last used`,
    ...rows.map((row) => cacheLine(row, width, now)),
    '',
    `${rows.length} result${rows.length === 1 ? '' : 's'}, ${size(bytes)} (what several share counts for each)`,
  ];
}

function cacheLine({ step, bytes, seconds, fingerprint, lastUsed }: CacheRow, width: number, now: number): string {
  const took = seconds === undefined ? '' : duration(seconds);
  const name = (step ?? '(damaged)').padEnd(width);
  return `${name}  ${size(bytes).padStart(8)}  ${took.padStart(6)}  ${fingerprint.slice(0, 12)}  ${age(lastUsed.getTime(), now)}`;
}

/** What `cache verify` found. */
export interface CheckedCache {
  readonly records: number;
  readonly objects: number;
  readonly bytes: number;
  readonly damaged: readonly { readonly kind: string; readonly name: string; readonly step?: string }[];
}

/** What was checked, and each damaged thing with what its loss means. */
export function cacheCheckLines({ records, objects, bytes, damaged }: CheckedCache): string[] {
  const checked = `${records} results in ${objects} files, ${size(bytes)} read and checked`;
  if (damaged.length === 0) {
    return [`${checked}: all are sound`];
  }
  return [
    `${checked}: ${damaged.length} damaged, thrown away`,
    ...damaged.map(
      ({ kind, name, step }) => `  ${kind} ${name.slice(0, 12)}${step === undefined ? '' : ` of ${step}`}`,
    ),
    'the steps that made them run again when they are needed',
  ];
}

/** What `cache gc` removed. */
export interface CollectedCache {
  readonly removed: readonly { readonly what: string; readonly bytes: number }[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Each thing that was removed with its size, and what is left. */
export function collectedLines({ removed, bytesBefore, bytesAfter }: CollectedCache): string[] {
  return [
    ...removed.map(({ what, bytes }) => `removed ${what}, ${size(bytes)}`),
    `${size(bytesBefore)} before, ${size(bytesAfter)} now`,
  ];
}
