import { digestJson, type Digest } from '../core/digest.js';
import type { Json } from '../core/json.js';

/** What a bundle's fingerprint stands for. */
export interface Fingerprinted {
  /** As `recipe/recipe.json` has it. */
  readonly recipe: Json;
  /** Step -> fingerprint. */
  readonly steps: Readonly<Record<string, Digest>>;
  /** Path -> digest of every file below `vm/` and `bin/`. */
  readonly software: Readonly<Record<string, Digest>>;
  /** How the hypervisor is in it, which matters where it is not. */
  readonly hypervisor: Json;
}

/**
 * The fingerprint of a bundle: of what was built and of what it was built from. Samples are not in it (nor is the step
 * that reads them), so that two measurements of the same thing on the same machine are bundles of one name.
 */
export function bundleFingerprint({ recipe, steps, software, hypervisor }: Fingerprinted): Digest {
  const others = Object.entries(steps).filter(([step]) => step !== 'report');
  return digestJson('bundle', { recipe, steps: Object.fromEntries(others), software, hypervisor });
}

/** Whether a file of a bundle is run when it is measured. */
export function isSoftware(path: string): boolean {
  return path.startsWith('vm/') || path.startsWith('bin/');
}
