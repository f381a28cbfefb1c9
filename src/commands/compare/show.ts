import { join } from 'node:path';
import type { ExitStatus } from '../../core/exit-status.js';
import type { Failure } from '../../core/failure.js';
import type { Result } from '../../core/result.js';
import type { ComparisonDocument } from '../../report/comparison.js';
import type { ComparisonContent } from '../../report/html/comparison/content.js';
import { comparisonMarkdown } from '../../report/comparison-markdown.js';
import { comparisonLines } from '../../report/comparison-table.js';
import { attemptAsync, writeFileAtomically } from '../../system/files.js';
import { age } from '../../ui/quantities.js';
import { wrap } from '../../ui/wrap.js';
import type { Recorder } from '../ci/recorder.js';
import { failAll } from '../report-failure.js';
import type { Session } from '../session.js';
import { widthOf } from '../width.js';
import { gateFailures } from './finding.js';

const PAGE = 'compare.html';

/** Writes `compare.json`, `compare.md`, `compare.html` and `compare.svg` into a folder that is there. */
export async function writeComparison(content: ComparisonContent, folder: string): Promise<Result<void, Failure>> {
  const { document } = content;
  const write = (name: string, text: string): void => writeFileAtomically(join(folder, name), text);
  return attemptAsync(folder, async () => {
    write('compare.json', `${JSON.stringify(document, undefined, 2)}\n`);
    write('compare.md', comparisonMarkdown(document));
    // Loaded only when there is something to draw.
    const [{ comparisonPage }, { shiftImage }] = await Promise.all([
      import('../../report/html/comparison/page.js'),
      import('../../report/chart/shift-image.js'),
    ]);
    write(PAGE, await comparisonPage(content));
    write('compare.svg', await shiftImage(document));
  });
}

/** How a comparison is told. */
export interface Telling {
  readonly session: Session;
  readonly json: boolean;
  /** Where its record lies. */
  readonly folder: string;
  /** When it was measured, ISO 8601, where that was in an earlier run and nothing has changed since. */
  readonly measuredBefore?: string;
  /** The file of B's recipe, absolute, where it is the user's. */
  readonly recipeFile?: string;
  readonly recorder?: Recorder | undefined;
}

/** Prints a comparison, and on standard error what its gates found; gives the exit status. */
export function showComparison(document: ComparisonDocument, telling: Telling): Promise<ExitStatus> {
  const { session, json, folder, measuredBefore } = telling;
  const { output } = session;
  if (json) {
    output.write(`${JSON.stringify({ event: 'comparison', folder, ...document })}\n`);
  } else {
    const width = widthOf(output);
    const lines = comparisonLines(document, { width, paint: output.paint });
    const { dim } = output.paint;
    const more = [...ageLines(measuredBefore).map(dim), `report: ${join(folder, PAGE)}`, dim(`recorded in ${folder}`)];
    output.write(`${[...lines.flatMap((line) => wrap(line, width, '   ')), ...more].join('\n')}\n`);
  }
  telling.recorder?.compared(document, folder);
  return failAll(
    session,
    gateFailures(document, telling.recipeFile).map((failure) => ({ failure })),
  );
}

function ageLines(measuredBefore: string | undefined): string[] {
  return measuredBefore === undefined
    ? []
    : [`measured ${age(Date.parse(measuredBefore), Date.now())}, and nothing has changed since; --force boots again`];
}
