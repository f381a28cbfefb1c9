import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import { attempt } from '../../system/files.js';
import { readBase } from '../tree/base.js';
import { readContent, type FileContent } from '../tree/content.js';
import type { OpenTree } from '../tree/open.js';
import { localOverlay } from '../tree/overlay.js';

/** Files of the source before any patch, with a local tree's uncommitted changes over them. Fails as `readBase` does. */
export async function readUnpatched(
  { tree, layout, fetched }: OpenTree,
  paths: readonly string[],
): Promise<Result<Map<string, FileContent | undefined>, Failure>> {
  const base = await readBase(tree, paths, layout.kind === 'local' ? layout.tree : undefined);
  if (!base.ok || layout.kind !== 'local') {
    return base.ok ? success(new Map(base.value)) : base;
  }
  const changed = localOverlay(layout, fetched);
  return attempt(fetched, () => {
    const files = new Map(base.value);
    for (const path of paths) {
      const over = changed.get(path);
      if (over !== undefined) {
        files.set(path, over.mode === 'deleted' ? undefined : readContent(over.from));
      }
    }
    return files;
  });
}
