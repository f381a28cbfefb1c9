import type { MeasurementRecord } from '../../measure/measurement-record.js';
import { PLACES } from '../bundle-document.js';
import { checkLeniently, recordsOf, type Documents } from './documents.js';

const MEASUREMENT = 'measurement/measurement.json';
/** Name in a measurement's record -> place. */
const MEASURED: Readonly<Record<string, string>> = {
  hypervisor: PLACES.hypervisor,
  firmware: PLACES.firmware,
  kernel: PLACES.kernel,
  init: PLACES.init,
  stopwatch: PLACES.stopwatch,
};

/** The measurement against the files: what was measured is what lies in the bundle. */
export function checkMeasurement(documents: Documents): void {
  const record = documents.read(MEASUREMENT) as MeasurementRecord | undefined;
  if (record === undefined) {
    return;
  }
  checkLeniently(documents, MEASUREMENT, () => {
    for (const [name, digest] of Object.entries(record.inputs)) {
      const place = MEASURED[name] ?? '';
      const found = documents.contents.files.get(place)?.digest;
      if (found !== undefined && found !== digest) {
        documents.wrong(MEASUREMENT, `it is of another ${name} than ${place}`);
      }
    }
    const measure = recordsOf(documents).find(({ step }) => step === 'measure');
    if (measure?.fingerprint !== record.fingerprint) {
      documents.wrong(MEASUREMENT, 'it is not of the step that records/measure.json is of');
    }
  });
}
