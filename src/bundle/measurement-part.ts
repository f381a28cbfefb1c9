import type { BundleIncomplete } from '../core/failures/bundle.js';
import { success, type Result } from '../core/result.js';
import { RESULT_FILES } from '../steps/pipeline.js';
import type { TarFile } from '../system/tar-writer.js';
import { resultFile, type OutputFile, type Results } from './results.js';

/** What of a measurement lies in a bundle: the output, and its place. */
export const MEASUREMENT_FILES: readonly (readonly [OutputFile, string])[] = [
  [{ step: 'probe', output: 'probe' }, 'measurement/probe.json'],
  ...RESULT_FILES.map(({ step, output, as }) => [{ step, output }, `measurement/${as}`] as const),
];

/** Gathers `measurement/`. Fails with `bundle-incomplete` where the run has none, or the cache no more. */
export function measurementFiles(results: Results): Result<TarFile[], BundleIncomplete> {
  const files: TarFile[] = [];
  for (const [wanted, to] of MEASUREMENT_FILES) {
    const file = resultFile(results, wanted, { to });
    if (!file.ok) {
      return file;
    }
    files.push(file.value);
  }
  return success(files);
}

/** Steps whose results hang on the machine that measures. */
export const MEASURING_STEPS: ReadonlySet<string> = new Set(['probe', 'measure', 'report']);
