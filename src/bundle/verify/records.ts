import { fingerprintOf } from '../../engine/index.js';
import { PLACES } from '../bundle-document.js';
import { MEASUREMENT_FILES } from '../measurement-part.js';
import { recordPlace, type BundledRecord } from '../records-part.js';
import { checkLeniently, recordsOf, type Documents } from './documents.js';

/** Files that are outputs of steps as they are: step, output, place. */
const OUTPUTS: readonly (readonly [string, string, string])[] = [
  ['make:hypervisor', 'image', PLACES.hypervisor],
  ['make:firmware', 'image', PLACES.firmware],
  ['make:kernel', 'image', PLACES.kernel],
  ['make:init', 'initrd', PLACES.init],
  ['make:stopwatch', 'stopwatch', PLACES.stopwatch],
  ['configure:kernel', 'config', 'recipe/configs/kernel.config'],
  ...['hypervisor', 'firmware', 'kernel'].map(
    (component) => [`pin:${component}`, 'pin', `recipe/pins/${component}.json`] as const,
  ),
  ...MEASUREMENT_FILES.map(([{ step, output }, place]) => [step, output, place] as const),
];

/**
 * The step records against themselves and the files: a fingerprint is that of its inputs, an input that another step
 * made is what that step made, and what a step made lies in the bundle.
 */
export function checkRecords(documents: Documents): void {
  const records = new Map(recordsOf(documents).map((record) => [record.step, record]));
  for (const record of records.values()) {
    const path = recordPlace(record.step);
    checkLeniently(documents, path, () => checkRecord(documents, record, records));
  }
  for (const [step, output, place] of OUTPUTS) {
    const digest = records.get(step)?.outputs[output]?.digest;
    const found = documents.contents.files.get(place)?.digest;
    if (digest !== undefined && found !== undefined && digest !== found) {
      documents.wrong(place, `it is not what ${step} made, as ${recordPlace(step)} has it`);
    }
  }
}

function checkRecord(
  documents: Documents,
  { step, fingerprint, inputs }: BundledRecord,
  records: ReadonlyMap<string, BundledRecord>,
): void {
  const path = recordPlace(step);
  if (!documents.contents.files.has(path) || inputs.step !== step) {
    documents.wrong(path, `it is the record of another step (${inputs.step})`);
  }
  if (fingerprintOf(inputs) !== fingerprint) {
    documents.wrong(path, 'its fingerprint is not that of its inputs');
  }
  for (const [reference, digest] of Object.entries(inputs.upstream)) {
    const [from = '', output = ''] = reference.split('/');
    const made: string | undefined = records.get(from)?.outputs[output]?.digest;
    if (made !== digest) {
      documents.wrong(path, `it read another ${output} of ${from} than ${recordPlace(from)} has`);
    }
  }
}
