import { basename } from 'node:path';
import type { OutputSpec, Step } from '../core/step.js';
import type { RecipeComponent } from '../recipe/schema.js';
import { buildSystem } from './build/index.js';
import type { MakeOptions } from './make-run.js';

/**
 * `make:<component>`: builds in the component's kept tree, so that it costs what an incremental make costs, and takes
 * out the recipe's `outputs`. The same inputs give the same bytes, on any machine and in any folder.
 *
 * Outputs are named as in the recipe. Their paths are relative to the build folder for kbuild, meson and configure
 * (`arch/x86/boot/bzImage`), to the top of the source for a plain make; one that ends in `/` is a folder.
 * Fails with `command-failed` (error lines first), `compiler-unfit`, `output-missing` or `tool-missing`.
 */
export function makeStep({ component, recipeComponent }: MakeOptions): Step {
  const { build, outputs, requires } = recipeComponent;
  const system = buildSystem(build);
  return {
    name: `make:${component}`,
    title: `build the ${component}`,
    lane: 'build',
    // A hypervisor is linked with libraries that another machine may not have.
    ...(component === 'hypervisor' ? {} : { sharedWith: 'machines' }),
    inputs: {
      params: { system: build.system, ...system.params(build), outputs },
      files: {},
      upstream: [
        { step: `fetch:${component}`, output: 'source' },
        { step: `patch:${component}`, output: 'patched' },
        ...(build.system === 'kbuild' ? [{ step: `configure:${component}`, output: 'config' }] : []),
      ],
      tools: [...new Set([...system.tools(build), ...requires])],
      env: [],
    },
    outputs: outputSpecs(outputs),
    run: async (context) => (await import('./make-run.js')).makeComponent({ component, recipeComponent, context }),
  };
}

/** Two outputs with one file name get a folder each. */
function outputSpecs(outputs: RecipeComponent['outputs']): Record<string, OutputSpec> {
  const names = Object.values(outputs).map((path) => basename(path));
  const isUnique = (name: string): boolean => names.filter((other) => other === name).length === 1;
  return Object.fromEntries(
    Object.entries(outputs).map(([output, path]) => {
      const name = basename(path);
      return [
        output,
        { path: isUnique(name) ? name : `${output}/${name}`, kind: path.endsWith('/') ? 'folder' : 'file' },
      ];
    }),
  );
}
