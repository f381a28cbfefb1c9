import { describe, expect, test } from 'vitest';
import type { PastRun } from '../../../src/report/history/sort-out.js';
import { isOnHost, sortOut } from '../../../src/report/history/sort-out.js';
import { historyOf, type History } from '../../../src/report/history/history.js';
import { historyLines } from '../../../src/report/history/history-table.js';
import { pastRuns, type PastTruth } from '../../rig/past-runs.js';

/** The kernel takes 5 % longer from the eleventh run on, of other bytes; the host's own kernel is another one from the sixteenth on. */
function slowerKernel(index: number): PastTruth {
  return {
    phases: [48, 8, index < 10 ? 1794 : 1884],
    inputs: { kernel: index < 10 ? 'a' : 'b' },
    host: { kernel: index < 15 ? '6.1.0' : '6.1.1' },
  };
}

function newestOf(runs: readonly PastRun[]): PastRun {
  const newest = runs.at(-1);
  if (newest === undefined) {
    throw new Error('there is no run');
  }
  return newest;
}

function historyFrom(runs: readonly PastRun[], only?: string): History {
  const lookUp = (input: string): string[] => [`make:${input}: tool gcc: 12 -> 13`];
  const request = { recipe: 'guest', sorted: sortOut(runs, newestOf(runs)), lookUp };
  return historyOf(only === undefined ? request : { ...request, only });
}

function textOf(history: History, limit?: number): string {
  return historyLines(history, limit === undefined ? {} : { limit }).join('\n');
}

describe('a change', () => {
  const history = historyFrom(pastRuns(20, slowerKernel));

  test('is found with its place, its phase, by how much, and what was booted otherwise', () => {
    expect(history.changes).toHaveLength(1);
    const [change] = history.changes;
    expect(change).toMatchObject({ at: 10, before: history.runs[9]?.id, after: history.runs[10]?.id });
    expect(change?.shifts.filter(({ moved }) => moved).map(({ quantity }) => quantity)).toEqual(['total', 'tKernel']);
    const shift = change?.shifts.find(({ quantity }) => quantity === 'tKernel');
    expect(shift?.interval?.low).toBeLessThan(90e6);
    expect(shift?.interval?.high).toBeGreaterThan(90e6);
    expect(change?.changed).toEqual([
      { what: 'kernel', before: 'a'.repeat(64), now: 'b'.repeat(64), because: ['make:kernel: tool gcc: 12 -> 13'] },
    ]);
  });

  test('is told before the first run that is slower, with the cause below it', () => {
    const lines = textOf(history).split('\n');
    const place = lines.findIndex((line) => line.startsWith('> '));
    expect(lines[place]).toMatch(/^> slower: tKernel \+\d+\.\d ms \(\+[45]\.\d %, 95 % interval .*\); total /);
    expect(lines[place + 1]).toBe(`    kernel: aaaaaaaaaaaa -> bbbbbbbbbbbb`);
    expect(lines[place + 2]).toBe(`      make:kernel: tool gcc: 12 -> 13`);
    expect(lines[place + 3]).toContain('0010');
    expect(lines.at(-2)).toBe('One change in 20 runs.');
    expect(lines.at(-1)).toContain(`bootlap compare ${history.runs[9]?.id} ${history.runs[10]?.id}`);
  });

  test('of the host that moved nothing is told at its run all the same', () => {
    const lines = textOf(history).split('\n');
    expect(lines[lines.indexOf('    host.kernel: 6.1.0 -> 6.1.1') + 1]).toContain('0015');
  });

  test('for which nothing is recorded says so, and that the load of the host is another one', () => {
    const busy = pastRuns(20, (index) => ({
      phases: [48, 8, index < 10 ? 1794 : 1884],
      host: { load: [index < 10 ? 0.1 + index / 100 : 3 + index / 100, 0, 0] },
    }));
    const text = textOf(historyFrom(busy));
    expect(text).toContain('nothing changed that is recorded');
    expect(text).toContain('load of the host: 0.15 before, 3.15 since');
  });

  test('of what was booted, one run beside the place, is told as that', () => {
    const [change] = historyFrom(
      pastRuns(20, (index) => ({
        phases: [48, 8, index < 10 ? 1794 : 1884],
        inputs: { firmware: index < 9 ? 'a' : 'b' },
      })),
    ).changes;
    expect(change).toMatchObject({ at: 10, nearby: -1, changed: [{ what: 'firmware' }] });
  });

  test.each([
    [-1, 8, 10],
    [2, 9, 12],
  ])('whose cause is %i runs away is compared over both', (away, before, after) => {
    const shifted = historyFrom(
      pastRuns(20, (index) => ({
        phases: [48, 8, index < 10 ? 1794 : 1884],
        inputs: { firmware: index < 10 + away ? 'a' : 'b' },
      })),
    );
    expect(shifted.changes[0]).toMatchObject({ at: 10, nearby: away });
    const pair = `bootlap compare ${shifted.runs[before]?.id} ${shifted.runs[after]?.id}`;
    expect(textOf(shifted).split('\n').at(-1)).toContain(pair);
  });

  test('of one phase is found in fewer runs when that phase alone is asked for', () => {
    const runs = pastRuns(8, (index) => ({ phases: [48, 8, index < 4 ? 1794 : 1990] }));
    expect(historyFrom(runs).changes).toEqual([]);
    expect(textOf(historyFrom(runs))).toContain('2 more are needed');
    const alone = historyFrom(runs, 'tKernel');
    expect(alone.changes.map(({ at }) => at)).toEqual([4]);
    expect(textOf(alone)).toMatch(/^run \(UTC\) .* tKernel {2}95 % interval$/m);
  });
});

describe('runs', () => {
  test('without a change are said to have none', () => {
    expect(textOf(historyFrom(pastRuns(20)))).toContain('No change in 20 runs');
  });

  test('that are few are said to be too few, and how many are missing', () => {
    const text = textOf(historyFrom(pastRuns(3)));
    expect(text).toMatch(/3 runs: too few .*; 7 more are needed/);
  });

  test('that only repeat what was measured, or went on with it, count once', () => {
    const [first, second, ...rest] = pastRuns(4);
    if (first === undefined || second === undefined) {
      throw new Error('there are four');
    }
    const more = { ...second.summary.boots, counted: second.summary.boots.counted + 20 };
    const repeat = { id: `${first.id}-again`, summary: first.summary };
    const longer = { id: `${second.id}-longer`, summary: { ...second.summary, boots: more } };
    const { runs, leftOut } = sortOut([first, repeat, second, longer, ...rest], newestOf(rest));
    expect(runs.map(({ id }) => id)).toEqual([first.id, longer.id, ...rest.map(({ id }) => id)]);
    expect(leftOut.repeated).toBe(2);
  });

  test('under other conditions and of other machines are left out, and it is told how to see them', () => {
    const runs = pastRuns(12, (index) => ({
      ...(index % 4 === 1 ? { memoryMib: 256 } : {}),
      ...(index % 4 === 2 ? { host: { cpu: 'Another Processor' } } : {}),
    }));
    const { leftOut, runs: kept } = sortOut(runs, newestOf(runs));
    expect(kept).toHaveLength(6);
    expect(leftOut.otherConditions).toEqual([{ what: 'machine.memory: 256 MiB', runs: 3, newest: runs[9]?.id }]);
    expect(leftOut.otherHosts).toEqual([{ what: 'Another Processor', runs: 3, newest: runs[10]?.id }]);
    expect(textOf(historyFrom(runs))).toContain(
      `not shown: 3 runs under other conditions (machine.memory: 256 MiB): --like ${runs[9]?.id}`,
    );
  });

  test('of another shape, or in which no boot came to the end, are no part of it', () => {
    const runs = pastRuns(12);
    const odd = runs.map((run, index) => {
      const points = run.summary.points.map(({ name, port, value, failed }) => ({ name, port, value, failed }));
      const phases = run.summary.phases.slice(0, 2);
      return index === 3
        ? { ...run, summary: { ...run.summary, points } }
        : index === 5
          ? { ...run, summary: { ...run.summary, phases } }
          : run;
    });
    const { runs: kept, leftOut } = sortOut(odd, newestOf(odd));
    expect(kept).toHaveLength(10);
    expect(leftOut).toMatchObject({ unreached: [runs[3]?.id], otherConditions: [{ what: 'phases: tQEMU tFW' }] });
  });

  test('of a machine are known again when its kernel is another one', () => {
    const [run] = pastRuns(1);
    const host = run?.summary.host;
    expect(run !== undefined && host !== undefined && isOnHost(run, { ...host, kernel: '7.0', processors: 8 })).toBe(
      true,
    );
    expect(run !== undefined && host !== undefined && isOnHost(run, { ...host, cpu: 'other' })).toBe(false);
  });

  test('older than the newest 200 are only counted', () => {
    const runs = pastRuns(210);
    const { runs: kept, leftOut } = sortOut(runs, newestOf(runs));
    expect([kept.length, leftOut.older]).toEqual([200, 10]);
  });
});

describe('the table', () => {
  const history = historyFrom(pastRuns(20, slowerKernel));

  test.each([60, 80, 100])('has no line of a run that is wider than %i columns', (width) => {
    const lines = historyLines(history, { width }).filter((line) => /^(run|\d)/.test(line));
    expect(lines).toHaveLength(21);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  test('has the newest run last, and of many the newest ones only', () => {
    const lines = textOf(historyFrom(pastRuns(20)), 3)
      .split('\n')
      .filter((line) => /^(\d|\.)/.test(line));
    expect(lines[0]).toBe('... 17 more before these (--limit 20 shows all)');
    expect(lines.slice(1).map((line) => /guest|00\d\d/.exec(line)?.[0])).toEqual(['0017', '0018', '0019']);
  });

  test('has every change, however few runs are asked for', () => {
    const lines = textOf(history, 3).split('\n');
    const body = lines.filter((line) => /^(\d|\.|>)/.test(line)).map((line) => /^>|^\..*|00\d\d/.exec(line)?.[0]);
    const gap = (runs: number): string => `... ${runs} more before these (--limit 20 shows all)`;
    expect(body).toEqual([gap(10), '>', '0010', gap(6), '0017', '0018', '0019']);
    expect(lines.some((line) => line.trim() === 'kernel: aaaaaaaaaaaa -> bbbbbbbbbbbb')).toBe(true);
  });
});
