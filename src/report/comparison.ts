import type { Digest } from '../core/digest.js';
import type { BootMethod } from '../measure/boot-plan.js';
import type { Amount } from '../measure/comparison/amount.js';
import { compareArms, rowOf, TOTAL, type Comparison, type ComparedRow } from '../measure/comparison/compare.js';
import { differences, type Conditions, type Difference } from '../measure/comparison/conditions.js';
import { judgeGate, type Gate, type JudgedGate } from '../measure/comparison/gate.js';
import type { Arm } from '../measure/comparison/arm.js';
import type { Sample } from '../measure/samples.js';
import type { Summary } from './summary.js';

/** A measurement that is held against another one. */
export interface Side {
  /** What the user calls it: a run's id, `stock with machine.memory=256`. */
  readonly name: string;
  /** Absolute path of its samples. */
  readonly samplesFile: string;
  readonly summary: Summary;
  readonly samples: readonly Sample[];
  /** After which a boot counts as hung, as the recipe has it; missing where it is not known. */
  readonly timeout?: string;
  /** Where the components are from, as far as it is known: `kernel` -> `package linux-source-6.1, version 6.1.192-1`. */
  readonly origins?: Readonly<Record<string, string>>;
  /** Step -> its fingerprint, as far as they are known. */
  readonly fingerprints?: Readonly<Record<string, string>>;
}

/** `compare.json`: what came of holding B against A. Every duration in it is in nanoseconds. */
export interface ComparisonDocument extends Comparison {
  readonly schemaVersion: 1;
  readonly unit: 'ns';
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  /** Whose figures were compared; two where they were allowed to differ. */
  readonly methods: { readonly a: BootMethod; readonly b: BootMethod };
  /** True where the boots of both were interleaved in one session, which alone is fair to both. */
  readonly interleaved: boolean;
  /** Differences up to this one are of no practical worth. */
  readonly threshold: Amount;
  /** Of the bootstrap. */
  readonly seed: number;
  /** Conditions in which the two differ. Unless `interleaved`, the shifts may come from these. */
  readonly differences: readonly Difference[];
  /** Those of them that nobody asked for and `--allow-different` let pass. */
  readonly allowed: readonly string[];
  /** When it was measured, ISO 8601, where that was in an earlier call and nothing has changed since. */
  readonly measuredBefore?: string;
  /** What was run and is not the same bytes in both: `firmware`, `kernel`. */
  readonly changed: readonly string[];
  readonly gates: readonly JudgedGate[];
}

/** One side, without its samples. */
export interface ComparedSide extends Pick<Summary, 'recipe' | 'machine' | 'host' | 'boots' | 'measured' | 'warnings'> {
  readonly name: string;
  readonly samplesFile: string;
  /** `hypervisor`, `firmware`, `kernel`, `stopwatch` -> SHA-256 of the bytes that were run. */
  readonly inputs: Readonly<Record<string, Digest>>;
}

/** How two sides are compared. */
export interface ComparisonWish {
  readonly threshold: Amount;
  readonly gates: readonly Gate[];
  readonly interleaved: boolean;
  /** Fields that differ in an interleaved comparison although both recipes ask for the same. */
  readonly unasked?: readonly string[];
  readonly measuredBefore?: string;
}

/** Compares two measurements, whatever their conditions are. */
export function comparisonDocument(a: Side, b: Side, wish: ComparisonWish): ComparisonDocument {
  const methods = methodsOf(a.summary, b.summary);
  const seed = a.summary.measured.seed;
  const comparison = compareArms(armOf(a, methods.a), armOf(b, methods.b), { threshold: wish.threshold, seed });
  const differing = conditionsDiffer(a.summary, b.summary);
  return {
    schemaVersion: 1,
    unit: 'ns',
    a: sideOf(a),
    b: sideOf(b),
    methods,
    interleaved: wish.interleaved,
    threshold: wish.threshold,
    seed,
    differences: differing,
    // What recipes that are measured together differ in was asked for.
    allowed: wish.interleaved ? (wish.unasked ?? []) : differing.map(({ field }) => field),
    ...(wish.measuredBefore === undefined ? {} : { measuredBefore: wish.measuredBefore }),
    changed: changedInputs(a.summary.inputs, b.summary.inputs),
    ...comparison,
    gates: wish.gates.map((gate) => judgeGate(gate, rowOf(comparison, gate.target))),
  };
}

function changedInputs(ours: Summary['inputs'], theirs: Summary['inputs']): string[] {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return names.filter((name) => ours[name] !== theirs[name]);
}

/** The row that stands for the whole boot. */
export function totalRow(document: ComparisonDocument): ComparedRow | undefined {
  return rowOf(document, TOTAL);
}

/** Everything in which the conditions of two measurements differ. A method that both have is no difference. */
export function conditionsDiffer(a: Summary, b: Summary): Difference[] {
  const methods = methodsOf(a, b);
  return differences(conditionsOf(a, methods.a), conditionsOf(b, methods.b));
}

/** What has phases and points: a summary, a recipe. */
export interface WithPhases {
  readonly phases: readonly { readonly name: string }[];
  readonly points: readonly { readonly name: string }[];
}

/** The names of phases and points that two measurements, or two recipes, both have. */
export function commonNames(a: WithPhases, b: WithPhases): string[] {
  const names = ({ phases, points }: WithPhases): string[] => [...phases, ...points].map(({ name }) => name);
  return names(a).filter((name) => names(b).includes(name));
}

function conditionsOf({ host, machine, measured: { scheduling } }: Summary, method: BootMethod): Conditions {
  return { host, machine, method, scheduling };
}

/** The method that both have, traces before exits; else the one of each. */
function methodsOf(a: Summary, b: Summary): { a: BootMethod; b: BootMethod } {
  const [ours, theirs] = [bootMethods(a), bootMethods(b)];
  const both = ours.find((method) => theirs.includes(method));
  return { a: both ?? ours[0], b: both ?? theirs[0] };
}

function bootMethods({ measured: { method } }: Summary): readonly [BootMethod, ...BootMethod[]] {
  return method === 'both' ? ['trace', 'exit'] : [method];
}

function armOf({ summary, samples }: Side, method: BootMethod): Arm {
  return { method, points: summary.points, phases: summary.phases, samples };
}

function sideOf({ name, samplesFile, summary }: Side): ComparedSide {
  const { recipe, machine, host, boots, measured, warnings, inputs } = summary;
  return { name, samplesFile, recipe, machine, host, boots, measured, warnings, inputs };
}
