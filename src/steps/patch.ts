import type { Step } from '../core/step.js';
import { isConfigured, patchSet } from './patch/sets.js';
import type { PatchOptions } from './patch-run.js';

/**
 * `patch:<component>`: unpacks the source when it is not there and applies the distribution's own series and then the
 * recipe's patches, all in memory and all or nothing; the tree itself is brought to the result by those who build in it.
 *
 * Outputs: `patched` (the bytes of every file that differs from the source, and `patched.json`), which is what counts
 * downstream; of a kernel `configuration`, those of them that have a say in its `.config`, so that a patch of C code
 * configures nothing anew; and `applied` (JSON: at which line each hunk went in), which nothing reads.
 * Fails with `patch-rejected`, `patch-malformed`, `path-outside` or `patch-series-missing`.
 */
export function patchStep({ component, recipeComponent }: PatchOptions): Step {
  const entries = recipeComponent.patches.map(patchSet);
  return {
    name: `patch:${component}`,
    title: `patch the ${component}`,
    lane: 'build',
    sharedWith: 'machines',
    inputs: {
      params: {
        patches: entries.map(({ label }) => label),
        ...(recipeComponent.fuzz === 0 ? {} : { fuzz: recipeComponent.fuzz }),
      },
      files: Object.fromEntries(entries.flatMap(({ files }) => [...files])),
      upstream: [{ step: `fetch:${component}`, output: 'source' }],
      tools: [],
      env: [],
    },
    outputs: {
      patched: { path: 'patched', kind: 'folder' },
      applied: { path: 'applied.json', kind: 'file' },
      ...(isConfigured(recipeComponent) ? { configuration: { path: 'configuration', kind: 'folder' } } : {}),
    },
    run: async (context) => (await import('./patch-run.js')).patch({ component, recipeComponent, entries, context }),
  };
}
