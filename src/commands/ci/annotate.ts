import { resolve } from 'node:path';
import type { Failure } from '../../core/failure.js';
import type { GateFinding } from '../../core/failures/compare.js';
import { ciJob } from '../../system/ci.js';
import { workingFolder } from '../../system/environment.js';
import { attempt } from '../../system/files.js';
import { foldOf } from '../../ui/ci/fold.js';
import { annotationLine, type Annotation } from '../../ui/ci/github.js';
import { harmless } from '../../ui/ci/harmless.js';
import type { ShownFailure } from '../../ui/failure-lines.js';
import { explainFailure } from '../../ui/failure-text/index.js';
import type { CiChannel } from '../../ui/terminal.js';
import { lastLines } from './log-tail.js';
import { inRepository, type PlacedFailure, type SourcePlace } from './place.js';

type Shown = ShownFailure & PlacedFailure;

/** Marks failures in a job: an annotation each on GitHub, and the end of their logs, folded away. */
export function markFailures(failures: readonly Shown[], channel: CiChannel): void {
  for (const failed of failures.filter(({ failure }) => failure.reason !== 'interrupted')) {
    if (channel.service === 'github') {
      annotationsOf(failed).forEach((annotation) => channel.write(annotationLine(annotation)));
    }
    showLog(failed, channel);
  }
}

function annotationsOf(failed: Shown): Annotation[] {
  const { failure } = failed;
  switch (failure.reason) {
    case 'recipe-invalid':
      return failure.problems.map((problem) => ({
        ...annotation(failed, { file: resolve(workingFolder(), problem.file), ...lineOf(problem) }),
        message: explainFailure({ reason: 'recipe-invalid', problems: [problem] }).headline,
      }));
    case 'recipe-syntax':
    case 'lock-invalid':
      return [annotation(failed, { file: resolve(workingFolder(), failure.file), ...lineOf(failure) })];
    case 'regression':
    case 'regression-unsettled':
      return failure.gates.map((gate) => ({
        ...annotation(failed, gate.place),
        title: gateTitle(failure, gate),
        message: gate.found,
      }));
    default:
      return [annotation(failed, failed.place)];
  }
}

function lineOf({ line, column }: { readonly line?: number; readonly column?: number }): {
  line?: number;
  column?: number;
} {
  return { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}

function gateTitle({ reason }: Failure, { gate }: GateFinding): string {
  return reason === 'regression' ? `regression: beyond ${gate}` : `inconclusive: ${gate}`;
}

/** Of a program's last words; the rest is in the log. */
const QUOTED_LINES = 8;

function annotation(failed: Shown, place: (SourcePlace & { readonly column?: number }) | undefined): Annotation {
  const { headline, details, quoted = [], hint } = explainFailure(failed.failure);
  const file = place === undefined ? undefined : inRepository(place.file, ciJob()?.repository);
  return {
    level: 'error',
    title: failed.step ?? 'bootlap',
    message: [headline, ...details, ...quoted.slice(-QUOTED_LINES), `next: ${failed.hint ?? hint}`].join('\n'),
    ...(file === undefined || place === undefined ? {} : { place: { ...place, file } }),
  };
}

/** The runner that has the log is gone when somebody reads of the failure. */
function showLog({ step, log }: Shown, channel: CiChannel): void {
  const tail = log === undefined ? undefined : attempt(log, () => lastLines(log));
  if (tail?.ok !== true || tail.value.length === 0) {
    return;
  }
  const fold = foldOf(
    channel.service,
    `last ${tail.value.length === 1 ? 'line' : `${tail.value.length} lines`} of the log of ${step ?? 'the step'}`,
    Date.now,
  );
  channel.write(fold.start);
  channel.write(harmless(tail.value.map((line) => `| ${line}\n`).join(''), channel.service));
  channel.write(fold.end());
}
