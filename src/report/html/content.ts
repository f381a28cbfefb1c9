import type { BootMethod } from '../../measure/boot-plan.js';
import type { Sample } from '../../measure/samples.js';
import { baseSamples } from '../cell-summary.js';
import type { ReproduceRequest } from '../reproduce.js';
import { mainMethod, type PointSummary, type Summary } from '../summary.js';

/** All that a page is made from: the same gives the same bytes. */
export interface ReportContent extends ReproduceRequest {
  readonly summary: Summary;
  readonly samples: readonly Sample[];
  /** Where the components are from, as far as it is known: `kernel` -> `package linux-source-6.1, version 6.1.192-1`. */
  readonly origins: Readonly<Record<string, string>>;
}

/** The methods of a summary; the one that its figures are from is the first. */
export function methodsOf({ measured: { method } }: Summary): readonly [BootMethod, ...BootMethod[]] {
  return method === 'both' ? ['trace', 'exit'] : [mainMethod(method)];
}

/** What a person calls a point. */
export function pointName({ name, label }: Pick<PointSummary, 'name' | 'label'>): string {
  return label ?? name;
}

/** The same with the boots of the base cell alone, of which the figures are; of all boots where there is no matrix. */
export function ofBase(content: ReportContent): ReportContent {
  return { ...content, samples: baseSamples(content.summary, content.samples) };
}
