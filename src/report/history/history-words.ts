import { signedDuration, signedPercent } from '../shift-text.js';
import type { HistoryChange, HistoryShift } from './change.js';
import type { Changed } from './changed.js';
import type { History } from './history.js';
import type { LeftOut, OtherRuns } from './sort-out.js';

/** What a history comes to, in one sentence. */
export function conclusion({ runs, changes, fewest, quantities }: History): string {
  const what = quantities.length === 1 ? (quantities[0]?.name ?? '') : 'the whole boot and its phases';
  if (runs.length < fewest) {
    const missing = fewest - runs.length;
    return `${runsText(runs.length)}: too few to tell a change of ${what} from chance; ${missing} more ${missing === 1 ? 'is' : 'are'} needed, as many after a change as before it.`;
  }
  return changes.length === 0
    ? `No change in ${runsText(runs.length)}: ${what} ${quantities.length === 1 ? 'differs' : 'differ'} no more than runs in any order would.`
    : `${changes.length === 1 ? 'One change' : `${changes.length} changes`} in ${runsText(runs.length)}.`;
}

/** `1 run`, `12 runs`. */
export function runsText(count: number): string {
  return `${count} run${count === 1 ? '' : 's'}`;
}

/** What moved at a change, the largest share first: `slower: tFW +3.4 ms (+40.1 %, ...); total +3.3 ms (...)`. */
export function changeText({ shifts }: HistoryChange): string {
  const moved = movedShifts({ shifts });
  const [first] = moved;
  const together = moved.every(({ shift }) => Math.sign(shift) === Math.sign(first?.shift ?? 0));
  const word = together ? ((first?.shift ?? 0) < 0 ? 'faster' : 'slower') : 'slower and faster';
  return `${word}: ${moved.map(shiftText).join('; ')}`;
}

/** The shifts of what moved, the largest share first. */
export function movedShifts({ shifts }: Pick<HistoryChange, 'shifts'>): HistoryShift[] {
  const share = ({ shift, before }: HistoryShift): number => Math.abs(shift / before);
  return shifts.filter(({ moved }) => moved).sort((a, b) => share(b) - share(a));
}

/** `tFW +3.4 ms (+40.1 %, 95 % interval +38.0 % to +43.1 %)`. */
export function shiftText(shift: HistoryShift): string {
  return `${shift.quantity} ${signedDuration(shift.shift)} (${[...shareText(shift), intervalText(shift)].join(', ')})`;
}

/** A shift as a share of what was before; nothing where that is not above 0. */
export function shareText({ shift, before }: HistoryShift): string[] {
  return before > 0 ? [signedPercent((shift / before) * 100)] : [];
}

/** `95 % interval +38.0 % to +43.1 %`. */
function intervalText(shift: HistoryShift): string {
  return shift.interval === undefined ? boundsText(shift) : `95 % interval ${boundsText(shift)}`;
}

/** `+38.0 % to +43.1 %`; durations where there is nothing that they could be a share of. */
export function boundsText({ interval, before }: HistoryShift): string {
  if (interval === undefined) {
    return 'too few runs for an interval';
  }
  const text = (value: number): string => (before > 0 ? signedPercent((value / before) * 100) : signedDuration(value));
  return `${text(interval.low)} to ${text(interval.high)}`;
}

/** What may have been the cause of a change, one line each; lines that tell why begin with two spaces. */
export function causeLines(change: HistoryChange): string[] {
  const { changed, nearby } = change;
  return [
    ...(nearby === undefined
      ? []
      : [`changed ${runsText(Math.abs(nearby))} ${nearby < 0 ? 'earlier' : 'later'}, which may be meant:`]),
    ...changed.flatMap(changedLines),
    ...(changed.length === 0 ? [NOTHING_CHANGED] : []),
    ...loadLines(change),
  ];
}

/** Where the load moved; a host with more to do is slower, so it may be that the change is of the host alone. */
function loadLines({ load, shifts }: HistoryChange): string[] {
  if (load === undefined) {
    return [];
  }
  const [most] = movedShifts({ shifts });
  const isAlike = Math.sign(load.after - load.before) === Math.sign(most?.shift ?? 0);
  const text = `load of the host: ${load.before.toFixed(2)} before, ${load.after.toFixed(2)} since`;
  return [isAlike ? `${text}, which may be the cause of it all` : text];
}

const NOTHING_CHANGED =
  "nothing changed that is recorded: the same bytes were booted, and the host's kernel, microcode and settings are the same";

/** What two runs do not have in common, and below it why, as far as that is known. */
export function changedLines({ what, before, now, because }: Changed): string[] {
  return [`${what}: ${valueText(before)} -> ${valueText(now)}`, ...because.map((line) => `  ${line}`)];
}

function valueText(value: string | undefined): string {
  return value === undefined ? 'none' : /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}

/** Which runs are not in the history, and how they can be seen. */
export function leftOutLines(leftOut: LeftOut): string[] {
  const { otherConditions, otherHosts, repeated, unreached, older, unfit } = leftOut;
  return [
    ...otherConditions.map((others) => otherText(others, 'under other conditions')),
    ...otherHosts.map((others) => otherText(others, 'of another machine')),
    ...(repeated === 0 ? [] : [`${runsText(repeated)} that booted nothing new`]),
    ...(unreached.length === 0 ? [] : [`${runsText(unreached.length)} in which no boot came to the last point`]),
    ...unfit.map(({ id, detail }) => `${id}, whose summary.json cannot be read: ${detail}`),
    ...(older === 0 ? [] : [`${runsText(older)} before these`]),
  ];
}

function otherText({ what, runs, newest }: OtherRuns, which: string): string {
  return `${runsText(runs)} ${which} (${what}): --like ${newest}`;
}

/** `2026-01-02 03:04`, UTC. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** From when to when the runs are, by day. */
export function daysText({ runs }: History): string {
  const [first = '', last = ''] = [runs[0]?.at, runs.at(-1)?.at].map((at) => at?.slice(0, 10));
  return first === last ? `on ${first}` : `from ${first} to ${last}`;
}
