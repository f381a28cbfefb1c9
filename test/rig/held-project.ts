import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestBytes } from '../../src/core/digest.js';
import type { GitRig } from './git.js';
import { writeFiles } from './context.js';

/** A recipe of which there is everything to hold: a firmware on a branch, and a kernel whose `.config` is at an address. */
export interface HeldProject {
  /** The folder of `mine.yaml`. */
  readonly folder: string;
  /** The firmware's repository. */
  readonly repository: string;
  /** Writes the recipe. `firmware`: more keys of its source. */
  write(wish: { readonly config: string; readonly firmware?: string; readonly branch?: string }): void;
  /** The lock as it is; `undefined` where there is none. */
  lock(): unknown;
}

/** A kernel in small, whose olddefconfig adds what it would by default. */
const KERNEL = {
  'linux-4.18/Makefile': `.PHONY: tinyconfig olddefconfig
tinyconfig:
\techo CONFIG_TINY=y > $(O)/.config
olddefconfig:
\techo CONFIG_DEFAULT=y >> $(O)/.config
bzImage:
\tcp $(O)/.config $(O)/bzImage
`,
  'linux-4.18/Kconfig': 'config A\n',
};

/** Makes the project below the git rig's folder. */
export function makeHeldProject(git: GitRig): HeldProject {
  const folder = join(git.folder, 'project');
  mkdirSync(folder);
  const repository = git.repository('firmware', { Makefile: 'bios.bin:\n\tcp version $@\n', version: '1\n' });
  const archive = join(git.folder, 'linux-4.18.tar');
  writeFiles(join(git.folder, 'in'), KERNEL);
  execFileSync('tar', ['-C', join(git.folder, 'in'), '-cf', archive, 'linux-4.18']);
  const sha256 = digestBytes(readFileSync(archive));
  const lock = join(folder, 'bootlap.lock');
  return {
    folder,
    repository,
    write({ config, firmware = '', branch = 'main' }) {
      writeFileSync(
        join(folder, 'mine.yaml'),
        `extends: stock
name: mine
firmware:
  source: { git: "${git.url(repository)}", branch: ${branch}${firmware} }
  patches: []
  build: { system: make, targets: [bios.bin] }
  outputs: { image: bios.bin }
kernel:
  source: { url: "file://${archive}", sha256: ${sha256} }
  patches: []
  config: fetched
  build:
    system: kbuild
    configs:
      fetched: { base: { url: "${config}" } }
      builtin: { base: tinyconfig }
    targets: [bzImage]
  outputs: { image: bzImage }
`,
      );
    },
    lock: () => (existsSync(lock) ? (JSON.parse(readFileSync(lock, 'utf8')) as unknown) : undefined),
  };
}
