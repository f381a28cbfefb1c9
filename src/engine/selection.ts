import type { StepUnknown } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { Step, StepName } from '../core/step.js';
import { nearest } from '../core/nearest.js';

/** Which steps a user wants; each a list of names or globs such as `make:*`. Empty lists mean all. */
export interface Selection {
  readonly only: readonly string[];
  /** These and everything that follows from them. */
  readonly from: readonly string[];
  /** These and everything that they need. */
  readonly until: readonly string[];
  /** Run these whatever the cache says. */
  readonly force: readonly string[];
}

/** The selection of everything, nothing forced. */
export const EVERYTHING: Selection = { only: [], from: [], until: [], force: [] };

/** A selection worked out over a pipeline. */
export interface Selected {
  readonly steps: ReadonlySet<StepName>;
  readonly forced: ReadonlySet<StepName>;
}

/** Works out which steps are meant. Fails with `step-unknown` where a pattern fits none. */
export function select(steps: readonly Step[], selection: Selection): Result<Selected, StepUnknown> {
  const matched = matchAll(steps, selection);
  if (!matched.ok) {
    return matched;
  }
  const { only, from, until, force } = matched.value;
  const limits = [
    ...(selection.only.length > 0 ? [only] : []),
    ...(selection.from.length > 0 ? [closure(from, followersOf(steps))] : []),
    ...(selection.until.length > 0 ? [closure(until, needsOf(steps))] : []),
  ];
  const selected = steps.map((step) => step.name).filter((name) => limits.every((limit) => limit.has(name)));
  return success({ steps: new Set([...selected, ...force]), forced: force });
}

type Matched = Record<keyof Selection, Set<StepName>>;

function matchAll(steps: readonly Step[], selection: Selection): Result<Matched, StepUnknown> {
  const matched: Matched = { only: new Set(), from: new Set(), until: new Set(), force: new Set() };
  const known = steps.map((step) => step.name);
  for (const option of ['only', 'from', 'until', 'force'] as const) {
    for (const pattern of selection[option]) {
      const names = known.filter((name) => matchesGlob(name, pattern));
      if (names.length === 0) {
        const near = nearest(pattern, known);
        return failed({
          reason: 'step-unknown',
          option: `--${option}`,
          pattern,
          known,
          ...(near === undefined ? {} : { nearest: near }),
        });
      }
      names.forEach((name) => matched[option].add(name));
    }
  }
  return success(matched);
}

/** Matches a step's name against a pattern in which `*` stands for any characters. */
export function matchesGlob(name: StepName, pattern: string): boolean {
  const expression = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${expression.join('.*')}$`).test(name);
}

function closure(start: ReadonlySet<StepName>, next: ReadonlyMap<StepName, readonly StepName[]>): Set<StepName> {
  const reached = new Set(start);
  // A set is iterated over what is added during the iteration, too.
  for (const name of reached) {
    next.get(name)?.forEach((other) => reached.add(other));
  }
  return reached;
}

function needsOf(steps: readonly Step[]): Map<StepName, StepName[]> {
  return new Map(steps.map((step) => [step.name, step.inputs.upstream.map((reference) => reference.step)]));
}

function followersOf(steps: readonly Step[]): Map<StepName, StepName[]> {
  const followers = new Map<StepName, StepName[]>();
  for (const step of steps) {
    for (const { step: needed } of step.inputs.upstream) {
      followers.set(needed, [...(followers.get(needed) ?? []), step.name]);
    }
  }
  return followers;
}
