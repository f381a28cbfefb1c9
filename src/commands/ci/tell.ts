import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StepFailure } from '../../core/event.js';
import { EXIT_STATUS, type ExitStatus } from '../../core/exit-status.js';
import { success } from '../../core/result.js';
import { warningText } from '../../report/warning-text.js';
import type { Warning } from '../../report/warnings.js';
import type { CiJob } from '../../system/ci.js';
import { attempt, readTextIfThere } from '../../system/files.js';
import { annotationLine, outputLines } from '../../ui/ci/github.js';
import { failureMarkdown, withinSummary } from '../../ui/ci/summary.js';
import { explainFailure } from '../../ui/failure-text/index.js';
import type { Session } from '../session.js';

/** How a command ended, as a job is told. */
export interface Ended {
  readonly status: ExitStatus;
  /** Of the run, absolute; missing where none began. */
  readonly folder?: string;
  /** What stands against the figures. */
  readonly warnings: readonly Warning[];
  readonly failures: readonly StepFailure[];
}

/** Gives a job of GitHub its summary, its values for later steps, and a mark for each warning. */
export function tellJob(session: Session, job: CiJob, ended: Ended): void {
  const { errors } = session;
  ended.warnings.forEach((warning) => errors.ci?.write(warningLine(warning)));
  tellFile(session, job.summaryFile, (file) => writeSummary(file, ended));
  tellFile(session, job.outputFile, (file) => writeOutputs(file, ended));
}

function warningLine(warning: Warning): string {
  const { text, advice } = warningText(warning);
  return annotationLine({ level: 'warning', title: 'measurement', message: `${text}\n${advice}` });
}

function tellFile({ errors }: Session, file: string | undefined, write: (file: string) => void): void {
  const written = file === undefined ? success(undefined) : attempt(file, () => write(file));
  if (!written.ok) {
    const { headline, details } = explainFailure(written.failure);
    errors.write(`warning: the job is not told all that came of it: ${[headline, ...details].join(': ')}\n`);
  }
}

/** Reports in Markdown, as they are named in a run's folder. */
const REPORTS = ['report.md', 'compare.md', 'calibration.md'];

function writeSummary(summaryFile: string, { folder, failures }: Ended): void {
  const reports = folder === undefined ? [] : REPORTS.map((name) => readTextIfThere(join(folder, name)) ?? '');
  const markdown = [...reports, ...failures.map(failureMarkdown)].filter((text) => text !== '').join('\n');
  const before = readTextIfThere(summaryFile) ?? '';
  appendFileSync(summaryFile, withinSummary(markdown, Buffer.byteLength(before)));
}

function writeOutputs(outputFile: string, { status, folder }: Ended): void {
  const files = { report: 'report.html', summary: 'summary.json', comparison: 'compare.json' };
  const found = Object.entries(files).map(([name, file]): [string, string] => {
    const path = folder === undefined ? '' : join(folder, file);
    return [name, existsSync(path) ? path : ''];
  });
  const values = [
    ['verdict', VERDICTS[status] ?? 'failed'],
    ['exit-status', String(status)],
    ['run-folder', folder ?? ''],
    ...found,
  ];
  appendFileSync(outputFile, values.map(([name = '', value = '']) => outputLines(name, value, randomUUID())).join(''));
}

/** In a word, what a workflow may ask for; every other status is `failed`. */
const VERDICTS: Readonly<Partial<Record<ExitStatus, string>>> = {
  [EXIT_STATUS.done]: 'passed',
  [EXIT_STATUS.regression]: 'regression',
  [EXIT_STATUS.unsettled]: 'inconclusive',
  [EXIT_STATUS.interrupted]: 'interrupted',
};
