import type { Digest } from '../core/digest.js';
import type { JsonObject } from '../core/json.js';
import type { Machine, Measure, Phase, Point } from '../recipe/schema.js';

/** `bundle.json`: what lies where in a bundle, and what it takes to boot it. All paths are relative to the top folder. */
export interface BundleDocument {
  readonly schemaVersion: 1;
  readonly kind: 'bootlap-bundle';
  /** The version that wrote it. */
  readonly bootlap: string;
  /** Name of the recipe. */
  readonly recipe: string;
  /** Of everything that was built and of how it came about; its first 16 digits are in the archive's name. */
  readonly fingerprint: Digest;
  readonly vm: {
    readonly hypervisor: BundledHypervisor | PackagedHypervisor;
    readonly firmware: string;
    readonly kernel: string;
    /** Initial RAM disk, where there is one. */
    readonly init?: string;
  };
  readonly stopwatch: string;
  readonly machine: Machine;
  readonly points: readonly Point[];
  readonly phases: readonly Phase[];
  readonly measure: Measure;
  /** Which accelerator, CPU model and method the figures are of (`probe.json`); missing without a measurement. */
  readonly measured?: JsonObject;
  /** `debian 12`, of the machine that the bundle was made on. */
  readonly distribution: { readonly id: string; readonly version: string };
  /** Packages of the distribution that files of the bundle are from. */
  readonly packages: readonly BundledPackage[];
  /** Files with the execute bit, in code-unit order. */
  readonly executables: readonly string[];
}

/** A hypervisor that is in the bundle. */
export interface BundledHypervisor {
  readonly kind: 'included';
  readonly program: string;
  /** What it says of itself. */
  readonly version?: string;
  /** The dynamic loader; missing for a static program or a script. */
  readonly loader?: string;
  /** Folder of its shared libraries, for `loader --library-path`. */
  readonly libraries?: string;
  /** Folder of the modules that it loads, for QEMU_MODULE_DIR. */
  readonly modules?: string;
  /** Folder of its ROMs, for -L. */
  readonly data?: string;
}

/** A hypervisor of the distribution that has to be installed where the bundle is measured. */
export interface PackagedHypervisor {
  readonly kind: 'packages';
  /** Name on the PATH. */
  readonly program: string;
  readonly version: string;
  readonly digest: Digest;
  /** Packages that have to be there, in these versions. */
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

/** A package of the distribution, and what of it is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly licence?: string;
  readonly files: readonly string[];
}

/** Names in a bundle. */
export const PLACES = {
  document: 'bundle.json',
  digests: 'SHA256SUMS',
  sbom: 'sbom.cdx.json',
  provenance: 'provenance.json',
  envelope: 'provenance.dsse.json',
  toolchain: 'toolchain.json',
  stopwatch: 'bin/stopwatch',
  hypervisor: 'vm/hypervisor',
  firmware: 'vm/firmware',
  kernel: 'vm/kernel',
  init: 'vm/init',
  libraries: 'vm/lib',
  modules: 'vm/modules',
  data: 'vm/share',
  recipe: 'recipe/recipe.json',
  script: 'replay.sh',
  program: 'replay.mjs',
} as const;

/** Name of a bundle's top folder, and of its archive without the ending. */
export function bundleName({ recipe, fingerprint }: Pick<BundleDocument, 'recipe' | 'fingerprint'>): string {
  return `bootlap-${recipe}-${fingerprint.slice(0, 16)}`;
}

/** The bytes of a JSON file of a bundle. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
