import { realpathSync, statSync } from 'node:fs';
import { runCommand } from '../system/command.js';
import { findProgram } from '../system/distribution.js';
import { attempt } from '../system/files.js';
import { readSealedIfSound, writeSealed } from './sealed.js';

/**
 * The versions of the programs that steps use. A program is asked once and then known by its file's
 * (path, size, mtime, inode, ctime), so that a run with nothing to do starts none.
 */
export class ToolVersions {
  /** Identity of the program's file -> what it says of its version. */
  private readonly memory: Record<string, string>;
  private readonly versions = new Map<string, string | undefined>();

  private constructor(private readonly path: string) {
    const saved = readSealedIfSound(path);
    this.memory = saved !== null && typeof saved === 'object' ? (saved as Record<string, string>) : {};
  }

  /** Reads what is known; a missing or damaged memory is empty. */
  static load(path: string): ToolVersions {
    return new ToolVersions(path);
  }

  /** Finds out the versions of these tools, asking those that are new or have changed. */
  async learn(tools: Iterable<string>): Promise<void> {
    const identities = new Map<string, string>();
    const unknown = new Map<string, string>();
    for (const tool of new Set(tools)) {
      const path = findProgram(tool);
      if (path === undefined) {
        continue;
      }
      const identity = identityOf(path);
      identities.set(tool, identity);
      if (this.memory[identity] === undefined) {
        unknown.set(identity, path);
      }
    }
    await Promise.all([...unknown].map(([identity, path]) => this.ask(identity, path)));
    // Only now: two names may stand for one file, as cc and gcc mostly do.
    identities.forEach((identity, tool) => this.versions.set(tool, withOneName(this.memory[identity])));
    if (unknown.size > 0) {
      // Where it cannot be written (a plan of somebody else's workspace) they are asked again the next time.
      attempt(this.path, () => writeSealed(this.path, this.memory));
    }
  }

  /** A learnt tool's version line; `undefined` where it is not installed. */
  version(tool: string): string | undefined {
    return this.versions.get(tool);
  }

  private async ask(identity: string, path: string): Promise<void> {
    const answer = await runCommand({
      program: path,
      arguments: ['--version'],
      folder: '/',
      timeoutMilliseconds: 10_000,
    });
    // A tool that knows no --version is told apart by its file alone.
    const text = answer.ok ? firstLine(answer.value.stdout) : undefined;
    this.memory[identity] = text ?? `no version, file ${identity.slice(identity.indexOf('|') + 1)}`;
  }
}

/** GCC gives the name by which it was called, and which of its names was asked first is no fact about it. */
function withOneName(version: string | undefined): string | undefined {
  return version?.replace(/^cc(?= \()/, 'gcc');
}

function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
}

function identityOf(path: string): string {
  const real = realpathSync(path);
  const { size, mtimeMs, ino, ctimeMs } = statSync(real);
  return `${real}|${size}|${mtimeMs}|${ino}|${ctimeMs}`;
}
