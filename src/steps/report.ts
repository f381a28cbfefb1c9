import type { Step } from '../core/step.js';
import type { Recipe } from '../recipe/schema.js';

/** What a report is made from. */
export interface ReportOptions {
  readonly recipe: Recipe;
}

/** Raise with every change of a statistic or of the form of the files: figures that were worked out before are worked out anew. */
const REPORT_VERSION = 1;

/**
 * `report`: works out the figures. Outputs `summary` (`summary.json`, {@link import('../report/summary.js').Summary}) and `report` (`report.md`).
 * It reads the samples and the recipe's names, so that another label or phase boots nothing again.
 */
export function reportStep({ recipe }: ReportOptions): Step {
  const { name, description, points, phases } = recipe;
  return {
    name: 'report',
    title: 'work out the figures',
    lane: 'light',
    version: REPORT_VERSION,
    inputs: {
      params: { name, description, points, phases },
      files: {},
      upstream: [
        { step: 'measure', output: 'samples' },
        { step: 'measure', output: 'measurement' },
      ],
      tools: [],
      env: [],
    },
    outputs: {
      summary: { path: 'summary.json', kind: 'file' },
      report: { path: 'report.md', kind: 'file' },
    },
    // Loaded only when figures have to be worked out.
    run: async (context) => (await import('./report-run.js')).writeReport(recipe, context),
  };
}
