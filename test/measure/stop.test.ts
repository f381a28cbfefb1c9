import { describe, expect, test } from 'vitest';
import { bootPlan } from '../../src/measure/boot-plan.js';
import { interleavedPlan } from '../../src/measure/interleaved-plan.js';
import { seededRandom, type Random } from '../../src/measure/random.js';
import type { Sample } from '../../src/measure/samples.js';
import { medianInterval } from '../../src/measure/statistics/bootstrap.js';
import { missedPrecision, StopRule, type StopAsked, type Stopped } from '../../src/measure/stop.js';
import type { PlannedBoot } from '../../src/measure/boot-plan.js';
import { spentNothing } from '../rig/measured.js';

function sampleOf(planned: PlannedBoot, milliseconds: number): Sample {
  const elapsedNs = String(Math.round(milliseconds * 1e6));
  const traced = planned.method === 'trace';
  return {
    ...planned,
    outcome: 'reached',
    session: 1,
    at: '',
    timedOut: false,
    endedAtMarker: traced,
    ...(traced ? { markersNs: { end: elapsedNs } } : {}),
    startNs: '0',
    endNs: elapsedNs,
    elapsedNs,
    ...spentNothing,
  };
}

interface Followed {
  readonly stopped: Stopped;
  readonly durations: readonly number[];
}

/** Follows a plan to the point where the rule ends it; each boot takes what `draw` gives, in milliseconds. */
function follow(asked: StopAsked, draw: (planned: PlannedBoot) => number, plan = traces(asked)): Followed {
  const rule = new StopRule({ asked, method: 'trace', point: 'end', seed: 1 });
  const durations: number[] = [];
  for (const [index, planned] of plan.entries()) {
    const sample = sampleOf(planned, draw(planned));
    rule.add(sample);
    if (!planned.warmup) {
      durations.push(Number(sample.elapsedNs));
    }
    const stopped = !planned.warmup && plan[index + 1]?.block !== planned.block ? rule.stopped() : undefined;
    if (stopped !== undefined) {
      return { stopped, durations };
    }
  }
  return { stopped: rule.ended(), durations };
}

function traces({ 'max-boots': boots }: StopAsked): PlannedBoot[] {
  return bootPlan({ method: 'trace', points: ['end'], boots, warmup: 2, seed: 1 });
}

/** Around 1000 ms, from `spread` of it below to as much above. */
function uniform(random: Random, spread: number): () => number {
  return () => 1000 * (1 + spread * (2 * random() - 1));
}

describe('a measurement for a time', () => {
  test('is over with the block in which the time is, warm-up boots among them', () => {
    const { stopped } = follow({ for: '60s', 'max-boots': 1000 }, () => 1000);
    expect(stopped).toMatchObject({ by: 'time', boots: 58, elapsedNs: '60000000000' });
    expect(stopped.width).toBe(0);
  });

  test('makes one block at least', () => {
    expect(follow({ for: '1ms', 'max-boots': 1000 }, () => 1000).stopped).toMatchObject({ by: 'time', boots: 1 });
  });

  test('ends at the cap where that comes first, and says so', () => {
    const { stopped } = follow({ for: '60s', 'max-boots': 20 }, () => 1000);
    expect(stopped).toMatchObject({ by: 'cap', boots: 20 });
  });
});

describe('a measurement until it is precise', () => {
  test('ends with an interval that is as narrow as was asked for, the same that is reported', () => {
    const { stopped, durations } = follow({ until: '1%', 'max-boots': 1000 }, uniform(seededRandom(3), 0.03));
    expect(stopped.by).toBe('precision');
    const { low = 0, high = 0 } = medianInterval(durations, { seed: 1 }) ?? {};
    const sorted = [...durations].sort((a, b) => a - b);
    const half = sorted.length / 2;
    const middle = ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
    expect(stopped.width).toBeCloseTo((high - low) / middle, 12);
    expect(stopped.width).toBeLessThan(0.01);
    expect(stopped.boots).toBe(durations.length);
  });

  test('makes ten boots at least, however alike they are', () => {
    expect(follow({ until: '50%', 'max-boots': 1000 }, () => 1000).stopped).toMatchObject({
      by: 'precision',
      boots: 10,
    });
    expect(follow({ until: '50%', 'max-boots': 5 }, () => 1000).stopped).toMatchObject({ by: 'cap', boots: 5 });
  });

  test('goes on until the last of its machines is precise', () => {
    const request = { method: 'trace', points: ['end'], boots: 500, warmup: 1, seed: 1 } as const;
    const plan = interleavedPlan(['calm', 'wild'].map((cell) => ({ mark: { cell }, request })));
    const random = seededRandom(9);
    const [calm, wild] = [uniform(random, 0.001), uniform(random, 0.05)];
    const draw = ({ cell }: PlannedBoot): number => (cell === 'calm' ? calm() : wild());
    const { stopped } = follow({ until: '1%', 'max-boots': 500 }, draw, plan);
    expect(stopped.by).toBe('precision');
    expect(stopped.boots).toBeGreaterThan(50);
    expect(stopped.width).toBeGreaterThan(0.003);
  });

  test('tells at the cap how precise it got and about how many boots it takes', () => {
    const { stopped } = follow({ until: '0.5%', 'max-boots': 100 }, uniform(seededRandom(5), 0.05));
    expect(stopped).toMatchObject({ by: 'cap', boots: 100 });
    const { width = 0, enough = 0 } = stopped;
    expect(enough).toBe(Math.ceil((100 * (width / 0.005) ** 2) / 10) * 10);
    expect(missedPrecision(stopped)).toMatch(
      /^measure\.max-boots \(100\) came before the precision: after 100 boots the interval is [\d.]+ % wide, not 0\.5%; it takes about \d+ boots/,
    );
    const again = follow({ until: '0.5%', 'max-boots': 100_000 }, uniform(seededRandom(6), 0.05)).stopped;
    expect(again.boots).toBeGreaterThan(enough / 3);
    expect(again.boots).toBeLessThan(enough * 3);
  });

  test('does not complain of a precision that was there when the time was over', () => {
    // With the 13th boot most of them are alike, as many as the interval takes.
    let made = 0;
    const draw = ({ warmup }: PlannedBoot): number => {
      made += warmup ? 0 : 1;
      return warmup || made > 4 ? 1000 : made % 2 === 0 ? 1100 : 900;
    };
    const { stopped } = follow({ until: '1%', for: '15s', 'max-boots': 1000 }, draw);
    expect(stopped).toMatchObject({ by: 'precision', boots: 13, width: 0 });
    expect(missedPrecision(stopped)).toBeUndefined();
  });

  test('takes a time that comes first', () => {
    const asked = { until: '0.5%', for: '30s', 'max-boots': 1000 };
    const { stopped } = follow(asked, uniform(seededRandom(5), 0.05));
    expect(stopped).toMatchObject({ by: 'time', asked });
    expect(missedPrecision(stopped)).toContain('measure.for (30s) was over before the precision');
    expect(follow({ ...asked, until: '20%' }, uniform(seededRandom(5), 0.05)).stopped.by).toBe('precision');
  });
});

test('an interval that ended its own measurement holds the truth about nine times in ten, as is documented', () => {
  const random = seededRandom(11);
  const trials = 60;
  let held = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const { stopped, durations } = follow({ until: '6%', 'max-boots': 2000 }, uniform(random, 0.05));
    const { low = 0, high = 0 } = medianInterval(durations, { seed: 1 }) ?? {};
    expect(stopped.by).toBe('precision');
    held += low <= 1e9 && 1e9 <= high ? 1 : 0;
  }
  expect(held / trials).toBeGreaterThan(0.8);
});

test('ten thousand boots are followed in no time', () => {
  const started = performance.now();
  follow({ until: '0.0001%', 'max-boots': 10_000 }, uniform(seededRandom(1), 0.05));
  expect(performance.now() - started).toBeLessThan(10_000);
});
