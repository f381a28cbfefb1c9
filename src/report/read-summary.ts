import type { Summary } from './summary.js';
import { isEmulationReason } from './warning-text.js';
import type { Warning } from './warnings.js';

/** The version of `summary.json` that is read. */
const SCHEMA_VERSION: Summary['schemaVersion'] = 2;

/**
 * The summary that a text is, or what is wrong with it: `it has no machine.arguments`. Keys that this version does not
 * know are let be.
 */
export function readSummary(text: string): Summary | string {
  let document: { readonly schemaVersion?: unknown; readonly unit?: unknown } | null;
  try {
    document = JSON.parse(text, withoutControls) as typeof document;
  } catch {
    return 'it is no JSON';
  }
  if (document?.unit !== 'ns' || typeof document.schemaVersion !== 'number') {
    return 'it is no summary that bootlap wrote';
  }
  if (document.schemaVersion !== SCHEMA_VERSION) {
    return `it is of version ${document.schemaVersion}, and this bootlap reads version ${SCHEMA_VERSION}`;
  }
  return complaint(document, SUMMARY, '') ?? withKnownWarnings(document as Summary);
}

/** A summary may be from anywhere, and its texts go to a terminal: nothing in them may steer that. */
function withoutControls(_key: string, value: unknown): unknown {
  // Line feed and tab do no harm.
  return typeof value === 'string' ? value.replace(/(?![\n\t])\p{Cc}/gu, '\ufffd') : value;
}

/** What a value has to be. In brackets: a list of such values. A key with `?` at its end may be missing. */
type Shape = 'string' | 'number' | 'boolean' | 'object' | readonly [Shape] | { readonly [key: string]: Shape };

const INTERVAL = { low: 'number', high: 'number' } as const;

const FIGURES = ['n', 'min', 'p5', 'p25', 'median', 'p75', 'p90', 'p95', 'p99', 'max', 'mean', 'sd', 'mad', 'outliers'];
const STATISTICS: Shape = { ...Object.fromEntries(FIGURES.map((name) => [name, 'number'])), interval: INTERVAL };

const NAMED = { name: 'string', 'label?': 'string' } as const;

const MACHINE: Shape = {
  ...{ accelerator: 'string', reason: 'string', type: 'string', 'cpu?': 'string', append: 'string' },
  ...{ memoryMib: 'number', processors: 'number', arguments: ['string'] },
};

const HOST: Shape = {
  ...{ cpu: 'string', kernel: 'string', kernelBuild: 'string', architecture: 'string', kvm: 'string' },
  ...{ processors: 'number', memoryMib: 'number', virtualised: 'boolean', load: ['number'], mitigations: 'object' },
};

/** What a table, a page or a comparison takes for granted of a summary. */
const SUMMARY: Shape = {
  recipe: { name: 'string', description: 'string' },
  machine: MACHINE,
  points: [{ ...NAMED, port: 'number', value: 'number', 'statistics?': STATISTICS, failed: 'number' }],
  phases: [{ ...NAMED, 'from?': 'string', to: 'string', 'in?': 'string', 'median?': 'number', 'interval?': INTERVAL }],
  warnings: [{ kind: 'string' }],
  boots: { counted: 'number', failed: 'number', warmup: 'number', warmupFailed: 'number', outcomes: 'object' },
  measured: {
    ...{ method: 'string', fingerprint: 'string', firstBootAt: 'string', lastBootAt: 'string' },
    ...{ seed: 'number', sessions: 'number', scheduling: 'object' },
  },
  host: HOST,
  inputs: 'object',
};

const GROUP = { median: 'number', share: 'number' } as const;

/** Every kind of warning that this version has words for, and what these are made of. */
const WARNINGS: Readonly<Record<Warning['kind'], Shape>> = {
  'busy-host': { load: 'number', 'others?': 'number', processors: 'number' },
  drift: { point: 'string', change: 'number', median: 'number' },
  emulated: { reason: 'string' },
  'failed-boots': { failed: 'number', counted: 'number', outcomes: 'object' },
  'failed-warmup': { failed: 'number', boots: 'number' },
  'few-boots': { point: 'string', n: 'number', median: 'number', width: 'number', few: 'boolean', enough: 'number' },
  'first-boots-slow': { point: 'string', first: 'number', difference: 'number', median: 'number', warmup: 'number' },
  governor: { governor: 'string' },
  outliers: { point: 'string', outliers: 'number', n: 'number' },
  'sessions-apart': {
    ...{ point: 'string', session: 'number', sessions: 'number' },
    ...{ difference: 'number', median: 'number' },
  },
  'sibling-busy': { processor: 'number', siblings: ['number'], busy: 'number' },
  'smt-unpinned': { processors: 'number', cores: 'number' },
  'stolen-time': { share: 'number' },
  turbo: {},
  'two-modes': { point: 'string', low: GROUP, high: GROUP },
};

function withKnownWarnings(summary: Summary): Summary {
  return { ...summary, warnings: summary.warnings.filter(isKnown) };
}

/** Another version may have other warnings, and somebody else whatever he likes: what there are no words for is left out. */
function isKnown(warning: Warning): boolean {
  const { kind } = warning;
  const isWhole = Object.hasOwn(WARNINGS, kind) && complaint(warning, WARNINGS[kind], '') === undefined;
  return isWhole && (kind !== 'emulated' || isEmulationReason(warning.reason));
}

/** The first thing in which a value has not its shape; `undefined` where it has. */
function complaint(value: unknown, shape: Shape, path: string): string | undefined {
  if (value === undefined) {
    return `it has no ${path}`;
  }
  if (typeof shape === 'string') {
    return isOf(value, shape) ? undefined : `${path} is ${told(value)} and should be ${WORDS[shape]}`;
  }
  if (isList(shape)) {
    return Array.isArray(value)
      ? first(value.map((each, index) => complaint(each, shape[0], `${path}[${index}]`)))
      : `${path} is ${told(value)} and should be a list`;
  }
  return isOf(value, 'object')
    ? first(Object.entries(shape).map(([key, each]) => ofKey(value as object, key, { shape: each, path })))
    : `${path} is ${told(value)} and should be ${WORDS.object}`;
}

const WORDS = { string: 'a text', number: 'a number', boolean: 'true or false', object: 'an object' } as const;

function ofKey(value: object, key: string, { shape, path }: { shape: Shape; path: string }): string | undefined {
  const name = key.replace(/\?$/, '');
  const found = (value as Readonly<Record<string, unknown>>)[name];
  const isMissing = found === undefined && name !== key;
  return isMissing ? undefined : complaint(found, shape, path === '' ? name : `${path}.${name}`);
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function isOf(value: unknown, kind: keyof typeof WORDS): boolean {
  return typeof value === kind && value !== null && !Array.isArray(value);
}

/** A value of JSON, by its kind. */
function told(value: unknown): string {
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : WORDS[typeof value as keyof typeof WORDS];
}

function first(complaints: readonly (string | undefined)[]): string | undefined {
  return complaints.find((each) => each !== undefined);
}
