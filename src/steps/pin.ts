import type { Component, OutputReference, Step } from '../core/step.js';
import type { LockEntry } from '../recipe/lock-document.js';
import type { Source } from '../recipe/schema.js';
import { pinCommit } from './pin/commit.js';
import { pinPackage } from './pin/package.js';

/** What is to be pinned. */
export interface PinPlan {
  readonly component: Component;
  readonly source: Source;
  /** What bootlap.lock holds of it. */
  readonly held?: LockEntry | undefined;
}

/**
 * `pin:<component>`: settles which version of a source is taken, and which bytes that is. A source that names its
 * bytes itself, or has none to fetch, needs no such step: `undefined`. One file per kind of source below `pin/`.
 *
 * Once settled it stays, until the step is forced.
 */
export function pinStep({ component, source, held }: PinPlan): Step | undefined {
  if ('apt' in source) {
    return pinPackage(component, 'apt', { package: source.apt, version: source.version });
  }
  if ('apt-source' in source) {
    return pinPackage(component, 'apt-source', { package: source['apt-source'], version: source.version });
  }
  return 'git' in source ? pinCommit({ component, source, held }) : undefined;
}

/** The output of the pin step of a component. */
export function pinOutput(component: Component): OutputReference {
  return { step: `pin:${component}`, output: 'pin' };
}
