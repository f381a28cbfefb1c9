import { dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { ArchivesLayout } from '../source-layout.js';
import type { OpenTree } from '../tree/open.js';
import type { Naming } from './names.js';
import { parsePatchFile, type PatchFile } from './parse.js';
import { parseSeries } from './series.js';
import { readUnpatched } from './unpatched.js';

/** A patch to apply, and how its names are to be read. */
export interface PlannedPatch {
  readonly patch: PatchFile;
  readonly naming: Naming;
  /** False for the distribution's: nobody wants to hear of their offsets. */
  readonly ours: boolean;
}

/**
 * The distribution's own patches, in order, out of the unpacked source itself; none where it has no series.
 * Binary files that they only tell of are passed over, as GNU patch does. Fails as `parsePatchFile` does.
 */
export async function distributionPatches(opened: OpenTree): Promise<Result<readonly PlannedPatch[], Failure>> {
  const { layout } = opened;
  if (layout.kind === 'local' || layout.series === undefined) {
    return success([]);
  }
  const series = await readUnpatched(opened, [layout.series]);
  if (!series.ok) {
    return series;
  }
  const listed = parseSeries(series.value.get(layout.series)?.bytes.toString() ?? '');
  const folder = dirname(layout.series);
  const paths = listed.map(({ file }) => join(folder, file));
  const texts = await readUnpatched(opened, paths);
  if (!texts.ok) {
    return texts;
  }
  const planned: PlannedPatch[] = [];
  for (const { file, strip } of listed) {
    const text = texts.value.get(join(folder, file))?.bytes.toString('latin1') ?? '';
    const parsed = await parsePatchFile(file, text);
    if (!parsed.ok) {
      return parsed;
    }
    planned.push({ patch: parsed.value, naming: { strip, ...partOf(layout) }, ours: false });
  }
  return success(planned);
}

/** The folder of the source that the tree is, when it is not all of it. */
function partOf({ layers }: ArchivesLayout): Pick<Naming, 'only'> {
  const only = layers.find((layer) => layer.only !== undefined && layer.into === undefined)?.only;
  return only === undefined ? {} : { only };
}
