import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recipe whose firmware is one file that make assembles in no time, in a git repository of its own. */
export interface TinyProject {
  /** Absolute path of the recipe, `tiny.yaml` in the project's folder. */
  readonly recipe: string;
}

const MAKEFILE = `all: bios.bin
bios.bin: version.txt
\t@echo assembling the firmware
\t@$(PREPARE)
\t@cp $< $@
`;

/** Makes the project. `prepare` is a shell command that its make runs before it makes the firmware. */
export function makeTinyProject(folder: string, prepare = 'true'): TinyProject {
  const repository = join(folder, 'repository');
  mkdirSync(repository, { recursive: true });
  writeFileSync(
    join(repository, 'Makefile'),
    MAKEFILE.replace('$(PREPARE)', () => prepare),
  );
  writeFileSync(join(repository, 'version.txt'), '1\n');
  commitAll(repository);
  const recipe = join(folder, 'tiny.yaml');
  writeFileSync(recipe, recipeText(repository));
  return { recipe };
}

function commitAll(repository: string): void {
  const settings = ['user.name=t', 'user.email=t@example.org', 'init.defaultBranch=main'].flatMap((each) => [
    '-c',
    each,
  ]);
  for (const words of [['init'], ['add', '-A'], ['commit', '-m', 'tiny']]) {
    execFileSync('git', [...settings, ...words], { cwd: repository, stdio: 'ignore' });
  }
}

function recipeText(repository: string): string {
  return `extends: stock
name: tiny
firmware:
  source: { git: "file://${repository}", branch: main }
  patches: []
  build: { system: make, targets: [all] }
  outputs: { image: bios.bin }
`;
}
