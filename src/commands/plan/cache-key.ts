import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestJson, type Digest } from '../../core/digest.js';
import { EXIT_STATUS, type ExitStatus } from '../../core/exit-status.js';
import type { Failure } from '../../core/failure.js';
import { byCodeUnit } from '../../core/json.js';
import { success, type Result } from '../../core/result.js';
import type { Component, Step, StepName } from '../../core/step.js';
import { knownInputs } from '../../engine/index.js';
import { ciJob } from '../../system/ci.js';
import { attempt } from '../../system/files.js';
import { outputLines } from '../../ui/ci/github.js';
import type { CalledPipeline } from '../pipeline.js';
import { fail } from '../report-failure.js';
import type { Session } from '../session.js';

/** What a cache of CI is asked for. */
export interface CacheKey {
  /** Equal: everything that is built is in it. */
  readonly key: string;
  /** Beginnings of keys, the best first: each shares with this one what is costly. */
  readonly restoreKeys: readonly string[];
  /** What to keep, absolute. */
  readonly paths: readonly string[];
}

/** Prints the keys, one a line and the exact one first, or as JSON; a job of GitHub gets them as outputs, too. */
export async function printCacheKey(session: Session, pipeline: CalledPipeline, json: boolean): Promise<ExitStatus> {
  const found = await cacheKeyOf(pipeline);
  if (!found.ok) {
    return fail(session, found.failure);
  }
  const { key, restoreKeys, paths } = found.value;
  session.output.write(`${json ? JSON.stringify(found.value) : [key, ...restoreKeys].join('\n')}\n`);
  const file = ciJob()?.outputFile;
  const values = { 'cache-key': key, 'cache-restore-keys': restoreKeys.join('\n'), 'cache-paths': paths.join('\n') };
  const told = attempt(file ?? '', () => {
    if (file !== undefined) {
      const lines = Object.entries(values).map(([name, value]) => outputLines(name, value, randomUUID()));
      appendFileSync(file, lines.join(''));
    }
  });
  return told.ok ? EXIT_STATUS.done : fail(session, told.failure);
}

/** Raise when what is in a cache of before is of no use any more. */
const FORM = 1;
const DIGITS = 12;

/**
 * The key names, one after the other, what is the costliest to make and changes the least: source and build of the
 * kernel, the hypervisor and the firmware, then all the rest. So a beginning of it finds a cache that has just that.
 * What comes from a working tree changes with every commit, and stands last. Fails where a tool is missing.
 */
async function cacheKeyOf(pipeline: CalledPipeline): Promise<Result<CacheKey, Failure>> {
  const { recipe, steps, workspace } = pipeline;
  const known = await knownInputs({ recipe: recipe.name, steps, workspace });
  if (!known.ok) {
    return known;
  }
  const groups = levels(pipeline).map((level) => shortDigest(level, known.value));
  const parts = [`bootlap-${FORM}-${recipe.name.replaceAll(/[^\w.-]/g, '_')}`, ...groups];
  const key = parts.join('-');
  const restoreKeys = parts.slice(1, -1).map((_, index) => `${parts.slice(0, parts.length - 1 - index).join('-')}-`);
  return success({ key, restoreKeys, paths: [join(workspace, 'cache')] });
}

/** The steps that one part of the key stands for. */
type Level = readonly Step[];

const BY_COST: readonly Component[] = ['kernel', 'hypervisor', 'firmware'];

function levels({ recipe, steps }: CalledPipeline): Level[] {
  const kept = steps.filter((step) => !isMeasuring(step, steps));
  const steady = BY_COST.filter((component) => !('local' in recipe[component].source));
  const ordered = steady.flatMap((component) => {
    const own = kept.filter(({ name }) => name.includes(`:${component}`));
    const sources = own.filter(({ lane }) => lane === 'network');
    return [sources, own.filter((step) => !sources.includes(step))].filter((level) => level.length > 0);
  });
  return [...ordered, kept];
}

/** Boots say something of this machine and this hour: they are made anew in every job. */
function isMeasuring(step: Step, steps: readonly Step[]): boolean {
  return (
    step.lane === 'exclusive' ||
    step.inputs.upstream.some(({ step: name }) => {
      const before = steps.find((candidate) => candidate.name === name);
      return before !== undefined && isMeasuring(before, steps);
    })
  );
}

function shortDigest(level: Level, known: ReadonlyMap<StepName, Digest>): string {
  const digests = level.map(({ name }): [string, string] => [name, known.get(name) ?? '']);
  return digestJson('cache key', Object.fromEntries(digests.sort(([a], [b]) => byCodeUnit(a, b)))).slice(0, DIGITS);
}
