import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/core/digest.js';
import type { PlannedCell, SweepPlan } from '../../src/commands/sweep/document.js';
import type { BuildOutcome, CellOutcome } from '../../src/commands/sweep/state.js';
import { nextWave } from '../../src/commands/sweep/waves.js';

const key = 'k' as Digest;

function planOf(count: number, more: Partial<SweepPlan> = {}): SweepPlan {
  const cells = Array.from({ length: count }, (_, index): PlannedCell => {
    return {
      number: index + 1,
      name: String(index + 1),
      values: {},
      key,
      needs: index % 2 === 1 ? ['build-kernel-2'] : ['build-kernel-1'],
    };
  });
  const builds = [1, 2].map((number) => ({
    kind: 'build' as const,
    id: `build-kernel-${number}`,
    component: 'kernel' as const,
    key,
    cells: [number],
  }));
  return {
    schemaVersion: 1,
    name: 's',
    description: '',
    file: '/s.yaml',
    executor: 'local',
    hosts: { workspace: '/var/tmp/bootlap', results: 'folder', environment: [] },
    slurm: { build: {}, measure: {} },
    retries: 1,
    together: 3,
    axes: [],
    cells,
    builds,
    ...more,
  };
}

const BUILT = new Map<string, BuildOutcome>([
  ['build-kernel-1', { status: 'done', attempt: 1 }],
  ['build-kernel-2', { status: 'done', attempt: 1 }],
]);

function outcome(status: CellOutcome['status'], attempt = 1): CellOutcome {
  return { status, attempt, job: 'measure-1', host: 'here', at: '' };
}

describe('the jobs of a sweep', () => {
  test('are all builds first, and a build that failed once more before any boot', () => {
    const plan = planOf(2);
    const none = { builds: new Map(), cells: new Map() };
    expect(nextWave(plan, none).map(({ id }) => id)).toEqual(['build-kernel-1', 'build-kernel-2']);
    const builds = new Map(BUILT).set('build-kernel-2', { status: 'failed', attempt: 1 });
    expect(nextWave(plan, { ...none, builds })).toMatchObject([{ id: 'build-kernel-2', attempt: 2 }]);
    builds.set('build-kernel-2', { status: 'failed', attempt: 2 });
    // What needs it is left out; the rest goes on.
    expect(nextWave(plan, { ...none, builds })).toMatchObject([
      { id: 'measure-1', cells: [1], needs: ['build-kernel-1'] },
    ]);
  });

  test('have the base with them in every session', () => {
    const jobs = nextWave(planOf(6), { builds: BUILT, cells: new Map() });
    expect(jobs).toMatchObject([
      { id: 'measure-1', cells: [1, 2, 3] },
      { id: 'measure-2', cells: [4, 5], base: 1 },
      { id: 'measure-3', cells: [6], base: 1 },
    ]);
    expect(jobs[0]).not.toHaveProperty('base');
  });

  test('keep their cells while some of them are through, and end with nothing left', () => {
    const plan = planOf(6);
    const cells = new Map([1, 2, 3, 4].map((number) => [number, outcome('measured')]));
    expect(nextWave(plan, { builds: BUILT, cells })).toMatchObject([
      { id: 'measure-2', cells: [4, 5] },
      { id: 'measure-3', cells: [6] },
    ]);
    cells.set(5, outcome('failed')).set(6, outcome('measured'));
    expect(nextWave(plan, { builds: BUILT, cells })).toMatchObject([
      { id: 'measure-1-again-1', attempt: 2, cells: [5], base: 1 },
    ]);
    cells.set(5, outcome('failed', 2));
    expect(nextWave(plan, { builds: BUILT, cells })).toEqual([]);
  });

  test('leave out what comes to the same as another cell', () => {
    const plan = planOf(3);
    const cells = plan.cells.map((cell) => (cell.number === 3 ? { ...cell, sameAs: 1 } : cell));
    expect(nextWave({ ...plan, cells }, { builds: BUILT, cells: new Map() })).toMatchObject([{ cells: [1, 2] }]);
  });
});
