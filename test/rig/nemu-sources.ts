import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestBytes, type Digest } from '../../src/core/digest.js';
import { listFolder } from '../../src/system/files.js';
import { packageFolder } from '../../src/system/environment.js';
import type { GitRig } from './git.js';

// The sources of the recipe "nemu" in small, of our own making: what they demand of who builds them is what the real
// ones demand, and what comes out of them plays a VM (see nemu/hypervisor/guest.c).

const models = join(packageFolder, 'test', 'rig', 'nemu');

/** A commit of a repository. */
export interface Commit {
  readonly commit: string;
  readonly tree: string;
}

/** NEMU: its repository, and the commit of the one submodule that a build needs. */
export interface HypervisorSource {
  readonly repository: string;
  readonly tip: Commit;
  /** Where the submodule lives today; `.gitmodules` names a server that is gone. */
  readonly submoduleRepository: string;
  readonly submodule: string;
  /** A commit, aside of the branch, whose emulator believes to be on another host. */
  on(host: Partial<Host>): Commit;
}

/** What the emulator believes of its host; by default KVM works, and it interprets only with `--enable-tcg`. */
export interface Host {
  readonly HOST_HAS_KVM: 0 | 1;
  readonly HOST_TAKES_MSR: 0 | 1;
  readonly HOST_INTERPRETS: 0 | 1;
}

/** Submodules that nothing needs, at commits that nobody has. */
const OTHER_SUBMODULES = ['roms/seabios', 'dtc', 'tests/fp/berkeley-softfloat-3', 'tests/fp/berkeley-testfloat-3'];
const NOWHERE = 'd'.repeat(40);

/** Makes NEMU on its branch `topic/virt-x86`. Its emulator runs guests without KVM. */
export function makeHypervisor(git: GitRig): HypervisorSource {
  const submoduleRepository = git.repository('keycodemapdb', { README: 'keys\n', 'data/keymaps.csv': 'key\n' });
  const submodule = git.git(submoduleRepository, 'rev-parse', 'HEAD');
  const repository = git.repository('nemu', textsBelow('hypervisor'));
  const links = [...OTHER_SUBMODULES.map((path) => [path, NOWHERE] as const), ['ui/keycodemapdb', submodule] as const];
  for (const [path, commit] of links) {
    git.git(repository, 'update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
  }
  git.git(repository, 'update-index', '--chmod=+x', 'configure');
  const on = (host: Partial<Host>): Commit => commitHost(git, repository, host);
  const tip = on({ HOST_INTERPRETS: 1 });
  git.git(repository, 'branch', 'topic/virt-x86', tip.commit);
  return { repository, tip, submoduleRepository, submodule, on };
}

/** Commits what is staged with another `host.h`. The working tree stays as it is: it lacks the submodules. */
function commitHost(git: GitRig, repository: string, host: Partial<Host>): Commit {
  const text = readFileSync(join(models, 'hypervisor', 'host.h'), 'utf8');
  const header = Object.entries(host).reduce(
    (lines, [name, value]) => lines.replace(new RegExp(`(#define ${name}) .`), `$1 ${value}`),
    text,
  );
  writeFileSync(join(repository, 'host.h'), header);
  git.git(repository, 'add', 'host.h');
  const tree = git.git(repository, 'write-tree');
  const commit = git.git(repository, 'commit-tree', '-m', 'an emulator on its host', tree);
  git.git(repository, 'tag', `host-${commit.slice(0, 12)}`, commit);
  return { commit, tree };
}

/** qboot. */
export interface FirmwareSource {
  readonly repository: string;
  readonly tip: Commit;
  /** Moves the branch by a commit that changes one file, and gives its new tip. */
  move(): Commit;
}

/** Makes qboot on its branch `topic/virt-benchmarks`. */
export function makeFirmware(git: GitRig): FirmwareSource {
  const repository = git.repository('qboot', textsBelow('firmware'));
  git.git(repository, 'branch', '--move', 'topic/virt-benchmarks');
  const tip = (): Commit => ({
    commit: git.git(repository, 'rev-parse', 'HEAD'),
    tree: git.git(repository, 'rev-parse', 'HEAD^{tree}'),
  });
  let moves = 0;
  const move = (): Commit => {
    moves += 1;
    const main = readFileSync(join(repository, 'main.c'), 'utf8');
    git.commit(repository, { 'main.c': `${main}\nconst char note[] = "the branch has moved ${moves} times";\n` });
    return tip();
  };
  return { repository, tip: tip(), move };
}

/** Linux 4.18, packed. */
export interface KernelSource {
  readonly archive: Buffer;
  readonly sha256: Digest;
}

/** Packs the kernel. Its Kconfig knows what our own fragment for it asks for, and a few symbols more. */
export function makeKernel(folder: string): KernelSource {
  const top = join(folder, 'linux-4.18');
  mkdirSync(folder, { recursive: true });
  cpSync(join(models, 'kernel'), top, { recursive: true });
  writeFileSync(join(top, 'Kconfig'), kconfig());
  execFileSync('tar', ['-cJf', 'linux-4.18.tar.xz', 'linux-4.18'], { cwd: folder });
  const archive = readFileSync(join(folder, 'linux-4.18.tar.xz'));
  return { archive, sha256: digestBytes(archive) };
}

function kconfig(): string {
  const fragment = readFileSync(join(packageFolder, 'configs/kernel/nemu-4.18.config'), 'utf8');
  const asked = [...fragment.matchAll(/^CONFIG_(\w+)=y$/gm)].map(([, symbol = '']) => symbol);
  return `${[...asked.map((symbol) => kconfigEntry(symbol)), OWN_SYMBOLS].join('\n')}\n`;
}

function kconfigEntry(symbol: string): string {
  return `config ${symbol}\n\tbool "${symbol}"\n\tdefault n\n`;
}

const OWN_SYMBOLS = `config PRINTK_TIME
	bool "Show timing information on printks"
	default n
	depends on PRINTK

config PAGE_TABLE_ISOLATION
	bool "Remove the kernel mapping in user mode"
	default y

config NR_CPUS
	int "Maximum number of CPUs"
	default 64
	depends on SMP
`;

/**
 * The configuration of the gist, of another compiler's time: it has a symbol that is gone, and lacks one
 * (`PAGE_TABLE_ISOLATION`) that `make oldconfig` would ask about.
 */
export const GIST_CONFIG = `#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 4.18.0-rc8 Kernel Configuration
#
CONFIG_64BIT=y
CONFIG_SMP=y
CONFIG_NR_CPUS=8
CONFIG_TTY=y
CONFIG_PRINTK=y
# CONFIG_PRINTK_TIME is not set
CONFIG_GONE_SINCE=y
`;

/** Path -> text of a model's files. */
function textsBelow(model: string): Record<string, string> {
  const folder = join(models, model);
  const files = listFolder(folder).map(({ path }) => [path, readFileSync(join(folder, path), 'utf8')] as const);
  return Object.fromEntries(files);
}
