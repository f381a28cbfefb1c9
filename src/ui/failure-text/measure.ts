import type { BootsFailed, MeasureFailure, ProbeFailed } from '../../core/failures/measure.js';
import { explainDiagnosis, portName } from './diagnosis.js';
import { kvmRequired } from './kvm-required.js';
import { cellPrefix, commandLine, count, type Explainers, type FailureText } from './text.js';

/** Why figures cannot be had or trusted, in words. */
export const measureExplainers: Explainers<MeasureFailure> = {
  'probe-failed': probeFailed,
  'kvm-required': kvmRequired,
  'boots-failed': bootsFailed,
  'hypervisor-unfit': (failure) => ({
    headline: `${failure.binary} cannot be used as the hypervisor: ${failure.detail}`,
    details: [],
    hint: '"bootlap doctor" checks what is installed; "hypervisor:" in the recipe says which one is taken',
  }),
};

function probeFailed(failure: ProbeFailed): FailureText {
  const { finding, hint } = explainDiagnosis(failure);
  return {
    headline: `${cellPrefix(failure)}${finding}`,
    details: [
      `point:   "${failure.point}", port ${portName(failure.port)}, expected exit status ${failure.expectedStatus}`,
      `accel:   ${failure.accelerator}`,
      ...(failure.unwatched === undefined ? [] : [UNWATCHED]),
      `command: ${commandLine(failure.command)}`,
    ],
    quoted: failure.console,
    hint,
  };
}

const UNWATCHED =
  'ports:   no port can be watched on this machine, which has no ISA bus: a write to another port would not show';

function bootsFailed(failure: BootsFailed): FailureText {
  return {
    headline: `${failure.failed} of ${count(failure.boots, 'boot')} did not end as they must, so the figures would not be valid`,
    details: [
      ...failure.points.map(failedPoint),
      'every boot is kept in samples.ndjson in the folder of the run, with how it ended',
    ],
    quoted: failure.console,
    hint: '"--set measure.timeout=60s" gives slow boots more time; "--set measure.max-failed=0.5" accepts more failed ones',
  };
}

function failedPoint({ arm, cell, point, traced, failed, boots }: BootsFailed['points'][number]): string {
  const whose = [...(arm === undefined ? [] : [arm.toUpperCase()]), ...(cell === undefined ? [] : [cell])];
  const what = `${traced === true ? 'all points to ' : ''}"${point}"`;
  return `point:   ${[...whose, what].join(', ')}: ${failed} of ${count(boots, 'boot')}`;
}
