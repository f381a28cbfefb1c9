import type { Point } from '../recipe/schema.js';
import type { BootEnd } from './boot.js';

/** A write of the guest to a port that a traced boot watches. */
export interface TracedWrite {
  readonly port: number;
  readonly value: number;
  /** Nanoseconds from the start of the VM to its arrival at the stopwatch. */
  readonly ns: bigint;
}

/** Where the points of a traced boot differ from what they must be. */
export type TraceFault =
  /** A point's port got another value, or one more. */
  | { readonly kind: 'wrong-value'; readonly point: string; readonly found: number }
  /** Points have not come. */
  | { readonly kind: 'point-missing'; readonly points: readonly string[] }
  /** The point came before the one that it has to come after. */
  | { readonly kind: 'out-of-order'; readonly point: string; readonly after: string };

/** What a traced boot shows. */
export interface TraceReading {
  /** Point -> nanoseconds from the start of the VM, of those that came with their value; in the order of the points. */
  readonly stamps: ReadonlyMap<string, bigint>;
  /** Missing where every point came, in order. */
  readonly fault?: TraceFault;
}

/** The ports that a traced boot watches, in the order of the stopwatch's markers. Points may share one. */
export function tracedPorts(points: readonly Point[]): number[] {
  return [...new Set(points.map(({ port }) => port))];
}

/** The writes of a traced boot in the order of their arrival. */
export function tracedWrites({ markers }: Pick<BootEnd, 'markers'>, points: readonly Point[]): TracedWrite[] {
  const ports = tracedPorts(points);
  return markers.flatMap(({ marker, byte, ns }) => {
    const port = ports[marker];
    return port === undefined ? [] : [{ port, value: byte, ns }];
  });
}

/** Holds the writes of a traced boot against the points in their order. Writes that arrived together are in order. */
export function readTrace(end: Pick<BootEnd, 'markers'>, points: readonly Point[]): TraceReading {
  const writes = tracedWrites(end, points);
  const found = new Map<string, bigint>();
  const wrong = tracedPorts(points).map((port) => {
    const own = points.filter((point) => point.port === port);
    return stampPort(own, { writes: writes.filter((write) => write.port === port), stamps: found });
  });
  const stamps = new Map(points.flatMap(({ name }) => stampOf(name, found)));
  const fault = wrong.find((each) => each !== undefined) ?? missing(points, stamps) ?? disorder(points, stamps);
  return fault === undefined ? { stamps } : { stamps, fault };
}

function stampOf(name: string, found: ReadonlyMap<string, bigint>): [string, bigint][] {
  const ns = found.get(name);
  return ns === undefined ? [] : [[name, ns]];
}

/** Stamps the points of one port by its writes, one after the other. */
function stampPort(
  points: readonly Point[],
  { writes, stamps }: { readonly writes: readonly TracedWrite[]; readonly stamps: Map<string, bigint> },
): TraceFault | undefined {
  for (const [index, { value, ns }] of writes.entries()) {
    const point = points[index];
    if (point?.value !== value) {
      return { kind: 'wrong-value', point: (point ?? points.at(-1))?.name ?? '', found: value };
    }
    stamps.set(point.name, ns);
  }
  return undefined;
}

function missing(points: readonly Point[], stamps: ReadonlyMap<string, bigint>): TraceFault | undefined {
  const names = points.map(({ name }) => name).filter((name) => !stamps.has(name));
  return names.length === 0 ? undefined : { kind: 'point-missing', points: names };
}

function disorder(points: readonly Point[], stamps: ReadonlyMap<string, bigint>): TraceFault | undefined {
  for (const [index, { name }] of points.entries()) {
    const after = points[index - 1]?.name;
    if (after !== undefined && (stamps.get(name) ?? 0n) < (stamps.get(after) ?? 0n)) {
      return { kind: 'out-of-order', point: name, after };
    }
  }
  return undefined;
}
