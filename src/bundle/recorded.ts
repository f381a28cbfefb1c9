import type { MeasuringMethod } from '../measure/boot-plan.js';
import type { Accelerator } from '../measure/vm.js';
import type { BundleDocument } from './bundle-document.js';

/** What the probe of a bundle's measurement settled. */
export interface Recorded {
  readonly accelerator: Accelerator;
  readonly method: MeasuringMethod;
}

/** What was settled when a bundle was measured; `undefined` for one that was not. */
export function recordedOf({ measured }: Pick<BundleDocument, 'measured'>): Recorded | undefined {
  const { accelerator, method } = measured ?? {};
  return (accelerator === 'kvm' || accelerator === 'tcg') &&
    (method === 'trace' || method === 'exit' || method === 'both')
    ? { accelerator, method }
    : undefined;
}
