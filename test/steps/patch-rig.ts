import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import type { RecipeComponent } from '../../src/recipe/schema.js';
import { patchStep } from '../../src/steps/patch.js';
import { writeSourceLayout, type ArchivesLayout } from '../../src/steps/source-layout.js';
import { Bench, removeFolder, temporaryFolder, writeFiles } from '../rig/context.js';
import { component } from '../rig/tree.js';

/** A workspace in which `patch:kernel` runs on files that a test gives. */
export class PatchRig {
  readonly folder = temporaryFolder();
  readonly bench = new Bench(this.folder);

  close(): void {
    removeFolder(this.folder);
  }

  /** Packs files as what `fetch:kernel` gives. */
  fetched(files: Record<string, string>, layout: Partial<ArchivesLayout> = {}, prepare?: (top: string) => void): void {
    const top = join(this.folder, 'in', 'top');
    removeFolder(top);
    writeFiles(top, files);
    prepare?.(top);
    const source = join(this.folder, 'out/fetch-kernel/source');
    mkdirSync(source, { recursive: true });
    execFileSync('tar', ['-C', join(this.folder, 'in'), '-cf', join(source, 'a.tar'), 'top']);
    writeSourceLayout(source, { kind: 'archives', layers: [{ archive: 'a.tar', strip: 1 }], ...layout });
  }

  /** Runs the step. A patch that is a text of several lines is written to a file first: `1.patch`, `2.patch`, ... */
  run(patches: RecipeComponent['patches'], fuzz = 0): Promise<Result<void, Failure>> {
    const entries = patches.map((entry, index) => {
      if (typeof entry !== 'string' || !entry.includes('\n')) {
        return entry;
      }
      writeFiles(this.folder, { [`${index + 1}.patch`]: entry });
      return join(this.folder, `${index + 1}.patch`);
    });
    return this.bench.run(patchStep({ component: 'kernel', recipeComponent: component({ patches: entries, fuzz }) }));
  }

  /** What the step made of a file, a byte a character. */
  patched(path: string): string {
    return readFileSync(join(this.bench.output('patch:kernel', 'patched'), 'files', path), 'latin1');
  }

  /** The files that differ from the source. */
  manifest(): unknown[] {
    const text = readFileSync(join(this.bench.output('patch:kernel', 'patched'), 'patched.json'), 'utf8');
    return (JSON.parse(text) as { files: unknown[] }).files;
  }
}

/** Lines to patch: `line 1` and so on. */
export function numbered(count: number, from = 1): string {
  return Array.from({ length: count }, (_, index) => `line ${index + from}\n`).join('');
}
