import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { Session } from './session.js';

/** What a subcommand's file exports. */
export interface Subcommand {
  /** Adds arguments, options, examples and the action to commander's command. The action reports its exit status. */
  readonly declare: (command: Command, session: Session, report: (status: ExitStatus) => void) => void;
}

/** A subcommand as `bootlap --help` lists it. Its file is loaded only when it is called. */
export interface CatalogueEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Subcommand>;
}

/** Every subcommand, in the order of the help. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: 'run',
    summary: 'build what a recipe names, boot it many times, and show where the time goes',
    load: () => import('./run.js'),
  },
  {
    name: 'measure',
    summary: 'boot a hypervisor, a firmware and a kernel that were built by hand, as nemu-boot-loop.sh does',
    load: () => import('./measure.js'),
  },
  {
    name: 'compare',
    summary: 'hold two measurements against each other, phase by phase, and fail where B is slower than it may be',
    load: () => import('./compare.js'),
  },
  {
    name: 'sweep',
    summary: 'build and measure every cell of a matrix over any values of recipes, and show them in one report',
    load: () => import('./sweep.js'),
  },
  {
    name: 'history',
    summary: 'show the runs of a recipe over time on this machine, and where something changed',
    load: () => import('./history.js'),
  },
  {
    name: 'bundle',
    summary: 'put what a recipe builds, how it came about and its figures into one archive that can be checked',
    load: () => import('./bundle.js'),
  },
  {
    name: 'verify',
    summary: 'check that a bundle is whole, agrees with itself, and who signed it',
    load: () => import('./verify.js'),
  },
  {
    name: 'replay',
    summary: 'measure what is in a bundle again on this machine, and compare that with what was recorded',
    load: () => import('./replay.js'),
  },
  {
    name: 'keygen',
    summary: 'make a pair of keys to sign bundles and shared results with',
    load: () => import('./keygen.js'),
  },
  {
    name: 'calibrate',
    summary: 'compare a VM with itself: how small a difference this machine sees, and with how many boots',
    load: () => import('./calibrate.js'),
  },
  {
    name: 'plan',
    summary: 'show what a run would do, because of which input, and about how long it takes',
    load: () => import('./plan.js'),
  },
  { name: 'why', summary: 'show why a step would run, input by input', load: () => import('./why.js') },
  {
    name: 'fetch',
    summary: 'fetch everything that needs the network, so that --offline works afterwards',
    load: () => import('./fetch.js'),
  },
  { name: 'logs', summary: 'print the last log of a step', load: () => import('./logs.js') },
  {
    name: 'graph',
    summary: 'print the steps and what they read from each other, for Mermaid or Graphviz',
    load: () => import('./graph.js'),
  },
  { name: 'cache', summary: 'list, verify or shrink the cache', load: () => import('./cache.js') },
  {
    name: 'doctor',
    summary: 'check this machine and say what to do about what is missing',
    load: () => import('./doctor.js'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of recipes, or of files for sweeps, for editors',
    load: () => import('./schema.js'),
  },
];
