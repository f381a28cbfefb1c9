import type { Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import type { Component } from '../../core/step.js';
import type { SweepSettings } from '../../recipe/schema/sweep.js';

/** `plan.json` of a sweep's folder: what it comes to, written once before the first job. */
export interface SweepPlan extends Pick<SweepSettings, 'executor' | 'hosts' | 'slurm' | 'ssh'> {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly description: string;
  /** Absolute. */
  readonly file: string;
  /** How often a build or a cell that failed is tried again. */
  readonly retries: number;
  /** How many cells are booted in turn, the base among them. */
  readonly together: number;
  /** What cells differ in, in the order of the file. */
  readonly axes: readonly string[];
  /** The base first. */
  readonly cells: readonly PlannedCell[];
  readonly builds: readonly BuildJob[];
}

/** A cell, and everything that its recipe is made from again. */
export interface PlannedCell {
  /** From 1. */
  readonly number: number;
  /** Unique in the sweep. */
  readonly name: string;
  /** Axis -> value, of all that the sweep sets. */
  readonly values: Readonly<Record<string, Json>>;
  /** Of all that its figures depend on, as far as that is known before anything is built. */
  readonly key: Digest;
  /** Number of the cell before it that comes to the same: it is measured once. */
  readonly sameAs?: number;
  /** Ids of the builds that it needs. */
  readonly needs: readonly string[];
}

/** A component that is built once, for every cell that has it. */
export interface BuildJob {
  readonly kind: 'build';
  readonly id: string;
  readonly component: Component;
  /** Of what it is made from, as far as that is known before. */
  readonly key: Digest;
  /** Numbers of the cells that have it; by the first it is built. */
  readonly cells: readonly number[];
}

/** Cells that are booted in turn in one session on one host. */
export interface MeasureJob {
  readonly kind: 'measure';
  readonly id: string;
  /** From 1; counts up with each time that its cells are tried again. */
  readonly attempt: number;
  /** Numbers of the cells whose figures it gives. */
  readonly cells: readonly number[];
  /** Number of the cell that they are held against, booted among them; missing where it is one of them, or has failed. */
  readonly base?: number;
  /** Ids of the builds that have to be over before. */
  readonly needs: readonly string[];
}

/** A unit of work that an executor carries out. */
export type SweepJob = (BuildJob & { readonly attempt: number }) | MeasureJob;

/** `handovers/<number>.json` of a sweep's folder: jobs that were handed over together. Never changed. */
export interface Handover {
  readonly schemaVersion: 1;
  /** Id of the sweep. */
  readonly sweep: string;
  /** From 1; also the execution of each of its jobs: one that is handed over again has another one. */
  readonly number: number;
  /** All of one kind. */
  readonly jobs: readonly SweepJob[];
  /** The folder in which the user began it, or went on with it. */
  readonly workingFolder: string;
  readonly offline: boolean;
  /** As `--jobs` gives it. */
  readonly builders?: string;
}

/** Which job of which handover. */
export interface HandedPlace {
  /** Number of its handover. */
  readonly number: number;
  /** Its place there, from 0. */
  readonly index: number;
}

/** One job of a handover. */
export interface HandedJob extends HandedPlace {
  readonly job: SweepJob;
}
