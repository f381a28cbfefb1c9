import { join } from 'node:path';
import type { NotTuned, RefusedKnob, TunedHost } from '../system/tuning/tune.js';
import type { Restored } from '../system/tuning/restore.js';

/** Says what could not be set, once for each kind, and by which command it can be. */
export function refusedText(refused: readonly RefusedKnob[], sysfs: string): string[] {
  return (['turbo', 'governor'] as const).flatMap((kind) => {
    const own = refused.filter((knob) => knob.kind === kind);
    const [first] = own;
    return first === undefined ? [] : [`--tune: ${WORDS[kind]} ${why(first)}; ${cure(own, sysfs)}`];
  });
}

const WORDS = { governor: 'the governor stays as it is:', turbo: 'turbo stays on:' } as const;

function why({ code }: RefusedKnob): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'this user may not change it';
    case 'EROFS':
      return '/sys cannot be written here, as in a container';
    case 'ignored':
      return 'the kernel took the value and did nothing';
    default:
      return `the kernel refuses it (${code})`;
  }
}

function cure(refused: readonly RefusedKnob[], sysfs: string): string {
  const [first] = refused;
  const files = refused.map(({ path }) => join(sysfs, path));
  const where = files.length < 2 ? (files[0] ?? '') : files[0]?.replace(/(policy|cpu)\d+\//, '$1*/');
  const prefix = first?.code === 'EROFS' ? 'on its host: ' : '';
  return `${prefix}echo ${first?.wanted ?? ''} | sudo tee ${where ?? ''}`;
}

/** Says that nothing was set, and why. */
export function notTunedText(failure: NotTuned): string {
  const why =
    failure.reason === 'journal-open'
      ? `others than this user can write to ${failure.folder}, where the values are kept that have to come back`
      : `the values that have to come back cannot be written down (${failure.path}: ${detail(failure)})`;
  return `--tune: governor and turbo stay as they are: ${why}`;
}

function detail(failure: Exclude<NotTuned, { reason: 'journal-open' }>): string {
  return 'detail' in failure ? failure.detail : 'the disk is full';
}

/** Says that this host has nothing to be set. */
export function nothingToTune({ state: { governor, turbo } }: Pick<TunedHost, 'state'>): string[] {
  return governor === 'missing' && turbo === 'missing'
    ? ['--tune: this kernel shows neither a governor nor turbo; boots go without ASLR, and that is all']
    : [];
}

/** Says what came of putting values back, where it is not what was to be expected. */
export function restoredText({ changed, refused }: Restored, sysfs: string): string[] {
  return [
    ...changed.map(
      ({ path, found, ours }) =>
        `${join(sysfs, path)} was set to "${found}" by somebody else while --tune had it at "${ours}": it stays so`,
    ),
    ...refused.map(
      ({ path, former, code }) =>
        `${join(sysfs, path)} could not be put back (${code}): echo ${former} | sudo tee ${join(sysfs, path)}`,
    ),
  ];
}

/** Says what a bootlap that was killed had left. */
export function leftoversText(restored: Restored, sysfs: string): string[] {
  const { back } = restored;
  const values = back.map(({ path, former }) => `${path.replace(/^devices\/system\/cpu\//, '')} to ${former}`);
  return [
    ...(back.length === 0
      ? []
      : [`a bootlap --tune that was killed had left the processors as it set them; put back: ${values.join(', ')}`]),
    ...restoredText(restored, sysfs),
  ];
}
