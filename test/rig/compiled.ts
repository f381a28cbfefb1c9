import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { listFolder } from '../../src/system/files.js';
import { packageFolder } from '../../src/system/environment.js';

/**
 * The sources as JavaScript in a folder of their own, for tests that kill a process of ours: Node itself runs no
 * TypeScript. The folder lies where the npm packages are found; `remove` it afterwards.
 */
export function compileSources(): { readonly folder: string; remove(): void } {
  const cache = join(packageFolder, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'bootlap-test-'));
  const source = join(packageFolder, 'src');
  for (const { path } of listFolder(source).filter((file) => file.path.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, path), 'utf8'), {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    });
    const to = join(folder, 'dist', path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, outputText);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return { folder: join(folder, 'dist'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
