import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A project whose make is easy to catch in the middle: objects that are written in two halves, and then thousands of
 * small files. What each file must hold follows from the version that the patch sets.
 */
export interface PartsProject {
  readonly recipe: string;
  /** Rewrites the recipe's patch so that it sets this version. */
  setVersion(version: number): void;
  /** What is wrong with the outputs for this version: missing, torn, stale, or too many. Empty when all is right. */
  faults(workspace: string, version: number): string[];
}

const PARTS = 2_500;
const OBJECTS = 24;

/** Makes the project's git repository, its patch and its recipe below a folder. */
export function makePartsProject(folder: string): PartsProject {
  const repository = join(folder, 'repository');
  makeRepository(repository);
  const recipe = join(folder, 'parts.yaml');
  writeFileSync(recipe, recipeText(repository));
  return {
    recipe,
    setVersion: (version) => writeFileSync(join(folder, 'version.patch'), patchText(version)),
    faults: (workspace, version) => faultsIn(join(workspace, 'out', 'parts', 'make-firmware'), version),
  };
}

const MAKEFILE = `SOURCES := $(sort $(wildcard src/*.in))
OBJECTS := $(patsubst src/%.in,obj/%.o,$(SOURCES))
all: bios.bin parts/.made
obj/%.o: src/%.in version.txt compile.sh
\t@mkdir -p obj
\t@./compile.sh $< $@
bios.bin: $(OBJECTS)
\t@cat $(OBJECTS) > $@
parts/.made: version.txt
\t@rm -rf parts && mkdir parts
\t@awk -v n=${PARTS} '{ for (i = 0; i < n; i++) { f = sprintf("parts/%05d", i); print "part " i " of version " $$1 > f; close(f) } }' version.txt
\t@touch $@
`;

/** Like a compiler: truncates its output first, writes it in halves, and is seen by make only through its mtime. */
const COMPILE = `#!/bin/sh
printf 'first half of %s, version ' "$(cat "$1")" > "$2"
sleep 0.01
printf '%s, second half\\n' "$(cat version.txt)" >> "$2"
`;

function makeRepository(repository: string): void {
  mkdirSync(join(repository, 'src'), { recursive: true });
  writeFileSync(join(repository, 'Makefile'), MAKEFILE);
  writeFileSync(join(repository, 'compile.sh'), COMPILE);
  chmodSync(join(repository, 'compile.sh'), 0o755);
  writeFileSync(join(repository, 'version.txt'), '0\n');
  for (let index = 0; index < OBJECTS; index += 1) {
    writeFileSync(join(repository, 'src', `${objectName(index)}.in`), `source ${index}`);
  }
  const git = (...args: string[]): void => {
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main', ...args],
      {
        cwd: repository,
        stdio: 'ignore',
      },
    );
  };
  git('init');
  git('add', '-A');
  git('commit', '-m', 'parts');
}

function objectName(index: number): string {
  return `o${String(index).padStart(2, '0')}`;
}

function patchText(version: number): string {
  return `Sets the version.\n\n--- a/version.txt\n+++ b/version.txt\n@@ -1 +1 @@\n-0\n+${version}\n`;
}

function recipeText(repository: string): string {
  return `extends: stock
name: parts
firmware:
  source: { git: "file://${repository}", branch: main }
  patches: [version.patch]
  build: { system: make, targets: [all] }
  outputs: { image: bios.bin, parts: parts/ }
`;
}

function faultsIn(folder: string, version: number): string[] {
  const names = readdirSync(join(folder, 'parts'));
  const faults = names.length === PARTS + 1 ? [] : [`${names.length} files in parts/, expected ${PARTS + 1}`];
  for (let index = 0; index < PARTS; index += 1) {
    const name = String(index).padStart(5, '0');
    const text = readFileSync(join(folder, 'parts', name), 'utf8');
    if (text !== `part ${index} of version ${version}\n`) {
      faults.push(`parts/${name} holds ${JSON.stringify(text)}`);
    }
  }
  const image = readFileSync(join(folder, 'bios.bin'), 'utf8');
  return image === imageText(version) ? faults : [...faults, `image holds ${JSON.stringify(image.slice(0, 200))}`];
}

function imageText(version: number): string {
  const objects = Array.from(
    { length: OBJECTS },
    (_, index) => `first half of source ${index}, version ${version}, second half\n`,
  );
  return objects.join('');
}
