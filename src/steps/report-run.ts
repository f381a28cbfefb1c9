import { readFileSync } from 'node:fs';
import type { Failure } from '../core/failure.js';
import type { Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import { parseSamples } from '../measure/samples.js';
import type { Recipe } from '../recipe/schema.js';
import { markdownReport } from '../report/markdown.js';
import { summarise, type Summary } from '../report/summary.js';
import { attempt, writeFileAtomically } from '../system/files.js';

/** The work of `report`. */
export function writeReport(recipe: Recipe, context: StepContext): Result<void, Failure> {
  return attempt(context.output('summary'), () => {
    const record = JSON.parse(readFileSync(context.upstream('measure', 'measurement'), 'utf8')) as MeasurementRecord;
    const samples = parseSamples(readFileSync(context.upstream('measure', 'samples'), 'utf8'));
    const summary: Summary = summarise(recipe, record, samples);
    writeFileAtomically(context.output('summary'), `${JSON.stringify(summary, undefined, 2)}\n`);
    writeFileAtomically(context.output('report'), markdownReport(summary));
  });
}
