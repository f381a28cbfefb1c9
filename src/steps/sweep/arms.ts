import type { BootsFailed } from '../../core/failures/measure.js';
import type { MeasurementRecord } from '../../measure/measurement-record.js';
import type { CompareArm } from '../compare/arms.js';

/** A cell of a sweep, built and probed by a pipeline of its own. */
export interface SweepArm extends CompareArm {
  /** Unique among those that are measured together. */
  readonly name: string;
}

/** `measured.json` of the step: each cell's record, or why it has none. */
export interface SweepMeasured {
  readonly cells: readonly {
    readonly name: string;
    readonly record?: MeasurementRecord;
    readonly failure?: BootsFailed;
  }[];
}
