import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from '../../src/system/environment.js';
import { bootlap, type Called } from './cli.js';
import { startGitRig, type GitRig } from './git.js';
import { startHttpRig, type HttpRig } from './http.js';
import {
  makeFirmware,
  makeHypervisor,
  makeKernel,
  type Commit,
  type FirmwareSource,
  type HypervisorSource,
  type KernelSource,
} from './nemu-sources.js';

/** A world in which the four sources of the recipe "nemu" are ours, and no other place can be reached. */
export interface NemuWorld {
  /** Holds everything, and is the home of who calls. */
  readonly folder: string;
  readonly hypervisor: HypervisorSource;
  readonly firmware: FirmwareSource;
  /** Puts a configuration where the gist's address leads to. */
  publishGist(text: string): void;
  /** From now on the gist is gone. */
  removeGist(): void;
  /** Paths that the HTTP server was asked for. */
  asked(): readonly string[];
  /**
   * Writes a recipe, `<folder>/<path>`: `nemu` with the pins and mirrors of this world and few boots, and what is asked
   * for over that.
   */
  recipe(path: string, changes?: RecipeChanges): string;
  /** Calls the command line with the home and the network of this world, in the folder of a recipe. */
  call(recipe: string, words: readonly string[]): Promise<Called>;
  close(): Promise<void>;
}

/** What a recipe of the world says besides. */
export interface RecipeChanges {
  readonly hypervisor?: Commit;
  readonly firmware?: Readonly<Record<string, unknown>>;
  readonly fragments?: readonly string[];
  readonly measure?: Readonly<Record<string, unknown>>;
}

const GIST = '/sameo/dbbe3ad34a128a721cad5305c6aab307/raw';
const RAW_GIST = `${GIST}/7d0e6a1f/config-4.18`;
const ARCHIVE = '/pub/linux/kernel/v4.x/linux-4.18.tar.xz';

/** Makes it: git repositories behind `insteadOf`, a server for mirrors, and nothing else that answers. */
export async function makeNemuWorld(): Promise<NemuWorld> {
  const git = startGitRig();
  const http = await startHttpRig();
  const sources = makeSources(git, http);
  return {
    folder: git.folder,
    ...sources,
    publishGist: (text) => void http.put(RAW_GIST, Buffer.from(text)),
    removeGist: () => void http.put(RAW_GIST, new Uint8Array(), { kind: 'status', status: 404 }),
    asked: () => http.seen.map(({ path }) => path),
    recipe(path, changes = {}) {
      const file = join(git.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      // JSON is YAML.
      writeFileSync(file, `${JSON.stringify(recipeOf(sources, changes), undefined, 2)}\n`);
      return file;
    },
    call: (recipe, words) =>
      bootlap(words, { folder: dirname(recipe), environment: { NODE_OPTIONS: WITHOUT_NETWORK } }),
    close: async () => {
      await http.close();
      git.close();
    },
  };
}

interface Sources {
  readonly hypervisor: HypervisorSource;
  readonly firmware: FirmwareSource;
  readonly kernel: KernelSource;
  /** Where the mirrors are. */
  readonly server: string;
}

function makeSources(git: GitRig, http: HttpRig): Sources {
  const hypervisor = makeHypervisor(git);
  const firmware = makeFirmware(git);
  const kernel = makeKernel(join(git.folder, 'kernel'));
  http.put(ARCHIVE, kernel.archive);
  http.put(GIST, new Uint8Array(), { kind: 'redirect', to: RAW_GIST });
  const lines = [
    // The longest match counts: every other server is one that is gone.
    instead('https://', join(git.folder, 'no-such-server')),
    instead('https://github.com/intel/nemu.git', hypervisor.repository),
    instead('https://github.com/sameo/qboot.git', firmware.repository),
    instead('https://gitlab.com/qemu-project/keycodemapdb.git', hypervisor.submoduleRepository),
  ];
  git.configure(lines.join(''));
  return { hypervisor, firmware, kernel, server: http.address };
}

const WITHOUT_NETWORK = `--import=${pathToFileURL(join(packageFolder, 'test/rig/no-network.mjs')).href}`;

function instead(address: string, folder: string): string {
  return `[url "${pathToFileURL(folder).href}${address.endsWith('/') ? '/' : ''}"]\n\tinsteadOf = ${address}\n`;
}

/** Only what must differ: which bytes are the right ones, where they are had, and how often they are booted. */
function recipeOf({ hypervisor, firmware, kernel, server }: Sources, changes: RecipeChanges): Record<string, unknown> {
  const submodules = { 'ui/keycodemapdb': { commit: hypervisor.submodule } };
  const gist = { base: { mirrors: [`${server}${GIST}`] }, ...(changes.fragments && { fragments: changes.fragments }) };
  return {
    extends: 'nemu',
    hypervisor: { source: { ...(changes.hypervisor ?? hypervisor.tip), submodules } },
    firmware: { source: firmware.tip, ...changes.firmware },
    kernel: {
      source: { sha256: kernel.sha256, mirrors: [`${server}${ARCHIVE}`] },
      build: { configs: { gist } },
    },
    measure: { boots: 3, warmup: 1, ...changes.measure },
  };
}
