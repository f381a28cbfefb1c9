import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../core/result.js';
import type { JobBudget, MakeSlot, OtherSlot } from '../core/step.js';
import { runCommand, type CommandFailure } from './command.js';
import { attempt, isSystemError, type FileFailure } from './files.js';

/** How long to wait before looking for a free job again. */
const POLL_MILLISECONDS = 20;

/**
 * One budget of jobs for every build of a run: a jobserver as GNU make knows it (a pipe with one byte for each job
 * that may run), that each make is let in to. make's own account of the protocol: "POSIX Jobserver Interaction".
 */
export class Jobserver implements JobBudget {
  private slots = 0;
  /** The pipe's name is gone as soon as it is open; `shared` goes to the children. */
  private constructor(
    readonly total: number,
    private readonly shared: number,
    /** Never blocks, where make's end has to. */
    private readonly own: number,
  ) {}

  /**
   * Opens a budget of `total` jobs (at least 1). It costs a process, so do it when something is to be built.
   * Fails with `tool-missing` (mkfifo) or a file failure of the temporary folder.
   */
  static async open(total: number): Promise<Result<Jobserver, CommandFailure | FileFailure>> {
    const folder = attempt(tmpdir(), () => mkdtempSync(join(tmpdir(), 'bootlap-jobs-')));
    if (!folder.ok) {
      return folder;
    }
    const pipe = join(folder.value, 'pipe');
    try {
      const made = await runCommand({ program: 'mkfifo', arguments: ['-m', '600', pipe], folder: folder.value });
      return made.ok ? attempt(pipe, () => Jobserver.on(pipe, Math.max(1, total))) : made;
    } finally {
      rmSync(folder.value, { recursive: true, force: true });
    }
  }

  private static on(pipe: string, total: number): Jobserver {
    // Reading and writing in one: such an end of a pipe waits for nobody when it is opened.
    const shared = openSync(pipe, constants.O_RDWR);
    const own = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const server = new Jobserver(total, shared, own);
    server.refill();
    return server;
  }

  /** A make has one job by being there; its slot is that job's. If `signal` aborts, the slot holds nothing. */
  async forMake(signal: AbortSignal): Promise<MakeSlot> {
    const jobs = await this.take(1, signal);
    return {
      makeflags: ' -j --jobserver-auth=3,4',
      descriptor: this.shared,
      release: this.releaser(jobs),
    };
  }

  /** Every job that is free, at least one. If `signal` aborts, the slot holds nothing and says 1. */
  async forOther(signal: AbortSignal): Promise<OtherSlot> {
    const jobs = await this.take(this.total, signal);
    return { jobs: Math.max(1, jobs), release: this.releaser(jobs) };
  }

  /** Closes the pipe. No slot may be in use. */
  close(): void {
    closeSync(this.shared);
    closeSync(this.own);
  }

  /** Takes up to `wanted` jobs, waiting for the first. */
  private async take(wanted: number, signal: AbortSignal): Promise<number> {
    while (!signal.aborted) {
      if (this.slots === 0) {
        this.refill();
      }
      const jobs = this.read(wanted);
      if (jobs > 0) {
        this.slots += 1;
        return jobs;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
    return 0;
  }

  private releaser(jobs: number): () => void {
    let held = jobs;
    return () => {
      if (held > 0) {
        writeSync(this.own, '+'.repeat(held));
        held = 0;
        this.slots -= 1;
      }
    };
  }

  /** With nobody at work all jobs are free: those that a killed make took with it come back. */
  private refill(): void {
    while (this.read(this.total) > 0) {
      // Down to the last byte.
    }
    writeSync(this.own, '+'.repeat(this.total));
  }

  private read(wanted: number): number {
    try {
      return readSync(this.own, Buffer.alloc(wanted));
    } catch (error) {
      if (isSystemError(error) && error.code === 'EAGAIN') {
        return 0;
      }
      throw error;
    }
  }
}
