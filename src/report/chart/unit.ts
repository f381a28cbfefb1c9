/** A unit in which an axis counts. */
export interface AxisUnit {
  readonly name: 's' | 'ms' | 'us';
  /** Nanoseconds in one. */
  readonly nanoseconds: number;
}

const UNITS: readonly AxisUnit[] = [
  { name: 's', nanoseconds: 1e9 },
  { name: 'ms', nanoseconds: 1e6 },
];
const SMALLEST: AxisUnit = { name: 'us', nanoseconds: 1e3 };

/** The largest unit of which the longest of some durations (nanoseconds) holds at least one. */
export function axisUnit(durations: readonly number[]): AxisUnit {
  const longest = durations.reduce((most, duration) => Math.max(most, Math.abs(duration)), 0);
  return UNITS.find(({ nanoseconds }) => longest >= nanoseconds) ?? SMALLEST;
}

/** How the field `time` is drawn along an axis. */
export interface TimeAlong {
  readonly field: 'time';
  readonly type: 'quantitative';
  readonly axis: { readonly title: string; readonly tickCount: number; readonly grid: false };
  readonly scale: { readonly zero: false; readonly nice: true };
}

/** An axis along which the field `time`, in the unit, is drawn. It need not begin at 0. */
export function timeAlong(unit: AxisUnit): TimeAlong {
  return {
    field: 'time',
    type: 'quantitative',
    axis: { title: unit.name, tickCount: 5, grid: false },
    scale: { zero: false, nice: true },
  };
}

/** A duration in nanoseconds as a number of the unit. */
export function inUnit(nanoseconds: number, unit: AxisUnit): number {
  return nanoseconds / unit.nanoseconds;
}
