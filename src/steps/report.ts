import type { OutputReference, Step } from '../core/step.js';
import type { Recipe } from '../recipe/schema.js';
import { originOutputs, originParams } from './report-origins.js';

/** What a report is made from. */
export interface ReportOptions {
  readonly recipe: Recipe;
  /** The outputs of its `pin` steps: which versions were taken. */
  readonly pins?: readonly OutputReference[];
  /** Component -> where it is from, where no step of this run tells. */
  readonly origins?: Readonly<Record<string, string>>;
}

/** Raise with every change of a statistic or of the form of the files: figures that were worked out before are worked out anew. */
const REPORT_VERSION = 3;

/**
 * `report`: works out the figures. Outputs `summary` (`summary.json`, {@link import('../report/summary.js').Summary}),
 * `report` (`report.md`), `csv` (`samples.csv`), `html` (`report.html`) and `svg` (`report.svg`, the phases).
 * It reads the samples and the recipe's names, so that another label or phase boots nothing again.
 */
export function reportStep({ recipe, pins = [], origins }: ReportOptions): Step {
  const { name, description, points, phases } = recipe;
  const said = origins ?? originParams(recipe);
  const found = origins === undefined ? originOutputs(recipe, pins) : [];
  return {
    name: 'report',
    title: 'work out the figures',
    lane: 'light',
    version: REPORT_VERSION,
    inputs: {
      params: { name, description, points, phases, origins: said },
      files: {},
      upstream: [{ step: 'measure', output: 'samples' }, { step: 'measure', output: 'measurement' }, ...found],
      tools: [],
      env: [],
    },
    outputs: {
      summary: { path: 'summary.json', kind: 'file' },
      report: { path: 'report.md', kind: 'file' },
      csv: { path: 'samples.csv', kind: 'file' },
      html: { path: 'report.html', kind: 'file' },
      svg: { path: 'report.svg', kind: 'file' },
    },
    // Loaded only when figures have to be worked out.
    run: async (context) => (await import('./report-run.js')).writeReport({ recipe, said, found }, context),
  };
}
