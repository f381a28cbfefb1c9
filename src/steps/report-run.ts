import { readFileSync } from 'node:fs';
import type { Failure } from '../core/failure.js';
import type { Result } from '../core/result.js';
import type { OutputReference, StepContext } from '../core/step.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import { parseSamples } from '../measure/samples.js';
import type { Recipe } from '../recipe/schema.js';
import { phasesImage } from '../report/chart/phases-image.js';
import { samplesCsv } from '../report/csv.js';
import { reportPage } from '../report/html/page.js';
import { markdownReport } from '../report/markdown.js';
import { summarise, type Summary } from '../report/summary.js';
import { attemptAsync, writeFileAtomically } from '../system/files.js';
import { readOrigins } from './report-origins.js';

/** What the step knows before it runs. */
export interface ReportRequest {
  readonly recipe: Recipe;
  /** Component -> where it is from, as the recipe says it. */
  readonly said: Readonly<Record<string, string>>;
  /** Outputs of other steps that tell it of the rest. */
  readonly found: readonly OutputReference[];
}

/** The work of `report`. */
export async function writeReport(
  { recipe, said, found }: ReportRequest,
  context: StepContext,
): Promise<Result<void, Failure>> {
  const write = (output: string, text: string): void => writeFileAtomically(context.output(output), text);
  return attemptAsync(context.output('summary'), async () => {
    const record = JSON.parse(readFileSync(context.upstream('measure', 'measurement'), 'utf8')) as MeasurementRecord;
    const samples = parseSamples(readFileSync(context.upstream('measure', 'samples'), 'utf8'));
    const summary: Summary = summarise(recipe, record, samples);
    const { plan, timeout } = record;
    const points = recipe.points.map(({ name }) => name);
    const origins = { ...said, ...readOrigins(found, context) };
    write('summary', `${JSON.stringify(summary, undefined, 2)}\n`);
    write('report', markdownReport({ summary, plan, timeout }));
    write('csv', samplesCsv(points, samples));
    write('html', await reportPage({ summary, samples, plan, timeout, origins }));
    write('svg', await phasesImage(summary));
  });
}
