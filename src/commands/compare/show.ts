import { join } from 'node:path';
import type { GateFinding } from '../../core/failures/compare.js';
import type { ExitStatus } from '../../core/exit-status.js';
import type { Failure } from '../../core/failure.js';
import type { Result } from '../../core/result.js';
import { rowOf } from '../../measure/comparison/compare.js';
import type { JudgedGate } from '../../measure/comparison/gate.js';
import type { ComparisonDocument } from '../../report/comparison.js';
import { comparisonMarkdown } from '../../report/comparison-markdown.js';
import { comparisonLines } from '../../report/comparison-table.js';
import { intervalText, shiftText, signedDuration } from '../../report/comparison-words.js';
import { attempt, writeFileAtomically } from '../../system/files.js';
import { age } from '../../ui/quantities.js';
import { wrap } from '../../ui/wrap.js';
import { failAll } from '../report-failure.js';
import type { Session } from '../session.js';
import { widthOf } from '../width.js';

/** Writes `compare.json` and `compare.md` into a folder that is there. */
export function writeComparison(document: ComparisonDocument, folder: string): Result<void, Failure> {
  return attempt(folder, () => {
    writeFileAtomically(join(folder, 'compare.json'), `${JSON.stringify(document, undefined, 2)}\n`);
    writeFileAtomically(join(folder, 'compare.md'), comparisonMarkdown(document));
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
    const more = [...ageLines(measuredBefore), `recorded in ${folder}`].map((line) => output.paint.dim(line));
    output.write(`${[...lines.flatMap((line) => wrap(line, width, '   ')), ...more].join('\n')}\n`);
  }
  return failAll(
    session,
    gateFailures(document).map((failure) => ({ failure })),
  );
}

function ageLines(measuredBefore: string | undefined): string[] {
  return measuredBefore === undefined
    ? []
    : [`measured ${age(Date.parse(measuredBefore), Date.now())}, and nothing has changed since; --force boots again`];
}

/** A regression comes first, and so decides about the exit status. */
function gateFailures(document: ComparisonDocument): Failure[] {
  const found = (outcome: JudgedGate['outcome']): GateFinding[] =>
    document.gates.flatMap((gate) => (gate.outcome === outcome ? [finding(gate, document)] : []));
  const [beyond, unsettled] = [found('failed'), found('inconclusive')];
  return [
    ...(beyond.length === 0 ? [] : [{ reason: 'regression', gates: beyond } as const]),
    ...(unsettled.length === 0 ? [] : [{ reason: 'regression-unsettled', gates: unsettled } as const]),
  ];
}

function finding({ text, target, limit }: JudgedGate, document: ComparisonDocument): GateFinding {
  const row = rowOf(document, target);
  if (row === undefined) {
    return { gate: text, found: 'one of the two has no figure of it' };
  }
  if (!row.enough) {
    return { gate: text, found: `${row.a.n} and ${row.b.n} boots are too few for an interval` };
  }
  const { low, high } = row.interval;
  return limit.unit === '%'
    ? { gate: text, found: `${shiftText(row)} (95 % interval ${intervalText(row)})` }
    : {
        gate: text,
        found: `${signedDuration(row.shift)} (95 % interval ${signedDuration(low)} to ${signedDuration(high)})`,
      };
}
