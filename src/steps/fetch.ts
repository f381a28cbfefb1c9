import type { Component, Step } from '../core/step.js';
import type { Source } from '../recipe/schema.js';
import type { WorkingTree } from '../system/git-local.js';
import { fetchApt } from './fetch/apt.js';
import { fetchAptSource } from './fetch/apt-source.js';
import { fetchFile } from './fetch/file.js';
import { fetchGit } from './fetch/git.js';
import { fetchInstalled } from './fetch/installed.js';
import { fetchLocal } from './fetch/local.js';
import { fetchTarball } from './fetch/tarball.js';

/** What is to be fetched. */
export interface FetchPlan {
  readonly component: Component;
  readonly source: Source;
  /**
   * For a local source, what its working tree holds now (`readWorkingTree` of system/git-local.ts). It is found out
   * before the step is made, because every edit has to show in the step's parameters.
   */
  readonly workingTree?: WorkingTree;
}

/**
 * `fetch:<component>`: gets a component's source, checked against what pins it, into the output `source`
 * (a folder as steps/source-layout.ts describes). One file per kind of source below `fetch/`.
 */
export function fetchStep({ component, source, workingTree }: FetchPlan): Step {
  if ('installed' in source) {
    return fetchInstalled(component, source);
  }
  if ('file' in source) {
    return fetchFile(component, source);
  }
  if ('apt' in source) {
    return fetchApt(component, source);
  }
  if ('apt-source' in source) {
    return fetchAptSource(component, source);
  }
  if ('url' in source) {
    return fetchTarball(component, source);
  }
  if ('git' in source) {
    return fetchGit(component, source);
  }
  if (workingTree === undefined) {
    throw new Error(`fetch:${component}: a local source needs its working tree to have been read`);
  }
  return fetchLocal(component, workingTree);
}
