import type { JsonObject } from '../core/json.js';
import type { MeasuringMethod } from './boot-plan.js';
import { milliseconds, readableDuration } from './duration.js';
import { durationIn, type Sample } from './samples.js';
import { medianInterval } from './statistics/bootstrap.js';
import { median } from './statistics/describe.js';

/** When a measurement is enough, as in the recipe: whichever comes first. */
export interface StopAsked extends JsonObject {
  /** Time of its boots. */
  readonly for?: string;
  /** Width of the 95 % interval of the median of the last point, as a share of it: `1%`. */
  readonly until?: string;
  /** Boots for each point. */
  readonly 'max-boots': number;
}

/** Why a measurement that was not told how many boots to make was over: in `measurement.json`. */
export interface Stopped {
  /** `precision` also where it was there when the time was over; `cap`: at `max-boots`, before what was asked for was there. */
  readonly by: 'time' | 'precision' | 'cap';
  /** Boots for each point that count: the blocks. */
  readonly boots: number;
  /** Time of all boots, in nanoseconds, warm-up and earlier sessions among them. */
  readonly elapsedNs: string;
  readonly asked: StopAsked;
  /**
   * Width of the 95 % interval of the median of the last point as a share of it, of the side or cell where it is widest;
   * missing where one has too few boots for an interval.
   */
  readonly width?: number;
  /** Boots for each point that the precision would have taken, about; there where it was asked for and not reached. */
  readonly enough?: number;
}

/** What a measurement is stopped by. */
export interface StopRequest {
  readonly asked: StopAsked;
  readonly method: MeasuringMethod;
  /** The last point of a boot, which stands for all of it. */
  readonly point: string;
  /** Of the intervals: that of the plan, so that what is reported is what was looked at. */
  readonly seed: number;
}

/** With fewer boots, no interval is narrow enough. */
const FEWEST = 10;
/**
 * By how much the number of boots grows from one look at the interval to the next. Each look is one more occasion to
 * stop at an interval that is narrow by chance.
 */
const GROWTH = 1.1;

/** Decides, block by block, whether the boots that were made are enough. */
export class StopRule {
  private readonly series = new Map<string, number[]>();
  private elapsedNs = 0n;
  private blocks = 0;
  private lastBlock = -1;
  private nextLook = FEWEST;
  private width: number | undefined;

  constructor(private readonly request: StopRequest) {}

  /** Takes each boot in the order of the plan. */
  add(sample: Sample): void {
    const { method, point } = this.request;
    this.elapsedNs += BigInt(sample.elapsedNs);
    if (sample.warmup) {
      return;
    }
    this.blocks += sample.block === this.lastBlock ? 0 : 1;
    this.lastBlock = sample.block;
    const duration = durationIn(sample, point, method === 'exit' ? 'exit' : 'trace');
    const key = `${sample.arm ?? ''}\n${sample.cell ?? ''}`;
    const own = this.series.get(key) ?? [];
    this.series.set(key, own);
    if (duration !== undefined) {
      own.push(duration);
    }
  }

  /** The boots of a cell that is booted no more do not count for the precision. */
  leaveOut(cell: string): void {
    [...this.series.keys()].filter((key) => key.endsWith(`\n${cell}`)).forEach((key) => this.series.delete(key));
  }

  /** Asked at the end of each block that counts: why it is enough, if it is. */
  stopped(): Stopped | undefined {
    const { for: time, until } = this.request.asked;
    if (time !== undefined && this.elapsedNs >= BigInt(milliseconds(time)) * 1_000_000n) {
      return this.state('time');
    }
    return until !== undefined && this.look() && this.isPrecise() ? this.state('precision') : undefined;
  }

  /** What it comes to when the plan has ended before that. */
  ended(): Stopped {
    return this.state('cap');
  }

  /** How near the end is, for a person: `12.1 s of 60s, interval 1.6 % of 1%`. */
  words(): string {
    const { for: time, until } = this.request.asked;
    return [
      ...(time === undefined ? [] : [`${readableDuration(Number(this.elapsedNs))} of ${time}`]),
      ...(until === undefined || this.width === undefined ? [] : [`interval ${percent(this.width)} of ${until}`]),
    ].join(', ');
  }

  /** True where it was time to look at the intervals, which are costly. */
  private look(): boolean {
    const boots = this.fewestBoots();
    if (boots < this.nextLook) {
      return false;
    }
    this.nextLook = Math.max(boots + 1, Math.ceil(boots * GROWTH));
    this.width = this.widest();
    return true;
  }

  private isPrecise(): boolean {
    const { until } = this.request.asked;
    const isNarrow = until !== undefined && this.width !== undefined && this.width < shareOf(until);
    return isNarrow && this.fewestBoots() >= FEWEST;
  }

  private state(by: Stopped['by']): Stopped {
    const { asked } = this.request;
    this.width = this.fewestBoots() < 2 ? undefined : this.widest();
    const reached = this.isPrecise() ? 'precision' : by;
    const { width } = this;
    return {
      by: reached,
      boots: this.blocks,
      elapsedNs: String(this.elapsedNs),
      asked,
      ...(width === undefined ? {} : { width }),
      ...(width === undefined || asked.until === undefined || this.isPrecise()
        ? {}
        : { enough: bootsFor(this.blocks, width / shareOf(asked.until)) }),
    };
  }

  private fewestBoots(): number {
    return Math.min(...[...this.series.values()].map(({ length }) => length));
  }

  private widest(): number {
    const { seed } = this.request;
    const widths = [...this.series.values()].map((series) => {
      const interval = medianInterval(series, { seed });
      return interval === undefined ? Number.POSITIVE_INFINITY : (interval.high - interval.low) / median(series);
    });
    return Math.max(...widths);
  }
}

/** The width goes with the root of the number of boots; rounded up to what one would type. */
function bootsFor(boots: number, timesTooWide: number): number {
  return Math.ceil((boots * timesTooWide ** 2) / 10) * 10;
}

/** `1%` -> 0.01. */
function shareOf(percentage: string): number {
  return Number(percentage.slice(0, -1)) / 100;
}

/** A share as a person reads it: `1.62 %`, `23 %`. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(share < 0.1 ? 2 : 3))} %`;
}

/** A stop in words, where the precision that was asked for is not there. */
export function missedPrecision({ by, boots, asked, width, enough }: Stopped): string | undefined {
  if (asked.until === undefined || by === 'precision') {
    return undefined;
  }
  const end =
    by === 'cap' ? `measure.max-boots (${asked['max-boots']}) came` : `measure.for (${asked.for ?? ''}) was over`;
  const found = width === undefined ? 'there is no interval yet' : `the interval is ${percent(width)} wide`;
  const advice = enough === undefined ? '' : `; it takes about ${enough} boots for each point`;
  return `${end} before the precision: after ${boots} boots ${found}, not ${asked.until}${advice}`;
}
