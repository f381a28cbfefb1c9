import { bootsToSee, type CalibratedRow } from '../measure/calibration.js';
import type { CalibrationDocument } from './calibration.js';
import type { Shortcoming, Suggestion } from './calibration-fitness.js';
import { quoted } from './reproduce.js';
import type { Warning } from './warnings.js';

/** Whether the machine is fit, in one sentence. */
export function verdictText(document: CalibrationDocument): string {
  const { verdict, above = 0, because } = document.fitness;
  const reasons = because.map((one) => shortcomingText(one, document));
  switch (verdict) {
    case 'fit':
      return `fit: ${limitText(above)} shows with ${costText(document, document.fitness.suggestion?.boots ?? 0)}`;
    case 'limited':
      return `fit for differences above ${limitText(above)}: ${reasons.join('; ')}`;
    case 'unfit':
      return `not fit: ${reasons.join('; ')}`;
  }
}

function shortcomingText(shortcoming: Shortcoming, document: CalibrationDocument): string {
  switch (shortcoming.kind) {
    case 'too-few':
      return 'too few boots came through to say more';
    case 'finds-itself':
      return `it finds a difference in ${shortcoming.row} between a VM and itself (by chance in ${oneIn(shortcoming.chance)})`;
    case 'varies':
      return variesText(shortcoming, document);
    case 'warning':
      return REASONS[shortcoming.warning];
  }
}

function variesText(
  { boots, difference }: { boots: number; difference: number },
  document: CalibrationDocument,
): string {
  const total = totalOf(document);
  const fine = total === undefined ? 0 : bootsToSee(total, 0.01);
  return `${boots} boots a side see ${percentText(difference)}; 1 % takes ${costText(document, fine)}`;
}

/** Of what stands among the warnings in full, the gist. */
const REASONS: Readonly<Record<Warning['kind'], string>> = {
  'failed-boots': 'boots fail',
  'failed-warmup': 'warm-up boots fail',
  emulated: 'there is no KVM',
  'few-boots': 'there are few boots',
  'first-boots-slow': 'the first boots are slow',
  'sessions-apart': 'boots that were added later differ',
  drift: 'boots drift',
  'two-modes': 'boots fall into two groups',
  outliers: 'many boots stand apart',
  'busy-host': 'other programs run',
  'sibling-busy': "the VM's core is shared",
  'smt-unpinned': 'SMT is on and the VM is not pinned',
  'stolen-time': "this machine's host takes time from it",
  governor: 'the frequency follows the load',
  turbo: 'turbo is on',
};

/** What an A/A run that does not hold 0 means, a line for each row. */
export function apartLines({ rows, fitness }: CalibrationDocument): string[] {
  return rows
    .filter(({ holdsZero }) => !holdsZero)
    .map((row) => {
      const name = labelOf(row);
      const isGrave = fitness.because.some((one) => one.kind === 'finds-itself' && one.row === name);
      return isGrave
        ? `${name}: the interval does not hold 0, and chance does that in ${oneIn(row.chance)}: something favours one side. --force calibrates again; if it comes back, look for what alternates with the boots (a timer, a cache, another VM)`
        : `${name}: the interval does not hold 0, as 1 in 20 does not by chance; where --force shows it again, differences of that size mean nothing here`;
    });
}

/** How to compare on a machine, in words. */
export interface SuggestionText {
  readonly lead: string;
  /** The command, in the parts between which a line may be broken. */
  readonly command: readonly string[];
  /** What it promises, a sentence each. */
  readonly promises: readonly string[];
}

/** The command line that suits this machine, and what it promises; `undefined` where none does. */
export function suggestionText(document: CalibrationDocument): SuggestionText | undefined {
  const { suggestion } = document.fitness;
  if (suggestion === undefined) {
    return undefined;
  }
  const limit = limitText(suggestion.threshold);
  return {
    lead: 'to compare on this machine:',
    command: commandFor(document, suggestion),
    promises: [
      `what has not changed passes 95 times of 100; what is ${limitText(2 * suggestion.threshold)} slower fails as often (${limit} is the limit)`,
      ...phaseGateLines(suggestion),
    ],
  };
}

/** What was found holds for what was booted: everything that was set for it stays, but for how many boots there were. */
function commandFor(
  { calledAs, set, with: trees }: CalibrationDocument,
  { boots, threshold }: Suggestion,
): readonly string[] {
  const limit = plainPercent(threshold);
  return [
    `bootlap compare ${quoted(calledAs)} B`,
    ...trees.map((tree) => `--with ${quoted(tree)}`),
    ...set.filter((setting) => !SAYS_HOW_MANY.test(setting)).map((setting) => `--set ${quoted(setting)}`),
    `--set measure.boots=${boots}`,
    `--threshold ${limit}`,
    `--fail-if 'total > +${limit}'`,
  ];
}

/** A rule of the recipe's that was put out of force has to stay so. */
const SAYS_HOW_MANY = /^\s*measure\.(boots\s*=|(for|until)\s*=(?!\s*null\s*$))/;

function phaseGateLines({ gates }: Suggestion): string[] {
  const phases = gates.filter(({ target }) => target !== 'total');
  const texts = phases.map(({ target, difference }) => quoted(`${target} > +${plainPercent(difference)}`));
  return texts.length === 0 ? [] : [`for the phases, --fail-if ${texts.join(', ')}`];
}

/** `60 boots a side (2m10s)`. */
function costText(document: CalibrationDocument, boots: number): string {
  return `${boots} boots a side (${spanText(boots * document.seconds.aBootOfASide)})`;
}

/** Seconds as one plans with them: `8s`, `2m`, `1h05m`, `2d`. */
export function spanText(seconds: number): string {
  if (seconds < 99.5) {
    return `${Math.max(1, Math.round(seconds))}s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) {
    return `${minutes}m`;
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.round(hours / 24)}d`;
}

/** A share of the median: `0.4 %`, `12 %`. */
export function percentText(share: number): string {
  return `${percentNumber(share)} %`;
}

/** The same without its unit, for the cells of a table. */
export function percentNumber(share: number): string {
  const percent = share * 100;
  return percent.toFixed(percent >= 9.95 ? 0 : percent < 0.095 ? 2 : 1);
}

/** A limit that was chosen, as an option takes it: `1%`, `1.5%`. */
function plainPercent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

/** The same for a sentence: `1 %`. */
export function limitText(share: number): string {
  return plainPercent(share).replace('%', ' %');
}

/** `1 of 1400`. */
function oneIn(chance: number): string {
  return chance < 1e-6 ? 'less than 1 of 1000000' : `1 of ${Math.round(1 / chance)}`;
}

/** How a row is called: the whole boot is the total. */
export function labelOf({ kind, name }: Pick<CalibratedRow, 'kind' | 'name'>): string {
  return kind === 'total' ? 'total' : name;
}

function totalOf({ rows }: CalibrationDocument): CalibratedRow | undefined {
  return rows.find(({ kind }) => kind === 'total');
}
