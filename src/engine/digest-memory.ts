import { lstatSync, statSync, type Stats } from 'node:fs';
import { isDigest, type Digest } from '../core/digest.js';
import { digestFile } from '../system/files.js';
import { readSealedIfSound, writeSealed } from './sealed.js';

/** Size, mtime, inode, ctime (milliseconds with their fraction), then the digest. */
type Memory = readonly [number, number, number, number, Digest];

/**
 * A change within the same tick of the file system's clock moves neither mtime nor ctime. Linux ticks every 10 ms at
 * the slowest, so what changed less than two ticks ago is not remembered.
 */
const RACY_MILLISECONDS = 20;
const MOST_ENTRIES = 200_000;

/**
 * Remembers files' digests by (size, mtime, inode, ctime), so that a run with nothing to do reads no large file.
 * After git's index, which has the same trick and the same trap.
 */
export class DigestMemory {
  private readonly known = new Map<string, Memory>();
  private changed = false;
  private newest = 0;

  private constructor(private readonly path: string) {}

  /** Reads the memory; a missing or damaged one is empty. */
  static load(path: string): DigestMemory {
    const memory = new DigestMemory(path);
    const saved = readSealedIfSound(path);
    if (saved !== null && typeof saved === 'object' && !Array.isArray(saved)) {
      for (const [file, entry] of Object.entries(saved)) {
        if (isMemory(entry)) {
          memory.known.set(file, entry);
        }
      }
    }
    return memory;
  }

  /** A file's digest, or `undefined` where there is no regular file. Follows links. Throws system errors. */
  digest(path: string): Digest | undefined {
    return this.digestOf(path, statSync(path, { throwIfNoEntry: false }));
  }

  /** What a file of our own holds; `undefined` where there is none, or a symbolic link, or anything else. */
  ownFile(path: string): { digest: Digest; executable: boolean } | undefined {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const digest = this.digestOf(path, stat);
    return stat === undefined || digest === undefined ? undefined : { digest, executable: (stat.mode & 0o100) !== 0 };
  }

  private digestOf(path: string, stat: Stats | undefined): Digest | undefined {
    if (!stat?.isFile()) {
      return undefined;
    }
    const known = this.known.get(path);
    if (known !== undefined && matches(known, stat)) {
      return known[4];
    }
    // Changed just now, it could change once more in the same tick after it was read: then it is read again next time.
    const steady = Date.now() - stat.ctimeMs >= RACY_MILLISECONDS;
    const digest = digestFile(path);
    if (steady) {
      this.remember(path, stat, digest);
    }
    return digest;
  }

  /** Takes note of a digest that is known because the bytes were just written. */
  learn(path: string, digest: Digest): void {
    this.remember(path, lstatSync(path), digest);
  }

  /** Writes the memory when it has changed. Waits out the last tick first, so that what it holds cannot be racy. */
  async save(): Promise<void> {
    if (!this.changed) {
      return;
    }
    const age = Date.now() - this.newest;
    if (age < RACY_MILLISECONDS) {
      // A stamp of the future, from a clock that was set back, is not waited for.
      await new Promise((resolve) => setTimeout(resolve, RACY_MILLISECONDS - Math.max(0, age)));
    }
    this.dropRacy();
    const entries = [...this.known].slice(-MOST_ENTRIES);
    writeSealed(this.path, Object.fromEntries(entries));
    this.changed = false;
  }

  private remember(path: string, stat: Stats, digest: Digest): void {
    // Set anew, not in place: the order of the map is then the order of use.
    this.known.delete(path);
    this.known.set(path, [stat.size, stat.mtimeMs, stat.ino, stat.ctimeMs, digest]);
    this.newest = Math.max(this.newest, stat.ctimeMs);
    this.changed = true;
  }

  /** Drops what a clock that was set back has put into the future: its stamps could come again. */
  private dropRacy(): void {
    const limit = Date.now() - RACY_MILLISECONDS / 2;
    if (this.newest > limit) {
      for (const [path, memory] of this.known) {
        if (memory[3] > limit) {
          this.known.delete(path);
        }
      }
    }
  }
}

function matches(memory: Memory, stat: Stats): boolean {
  return memory[0] === stat.size && memory[1] === stat.mtimeMs && memory[2] === stat.ino && memory[3] === stat.ctimeMs;
}

function isMemory(value: unknown): value is Memory {
  return (
    Array.isArray(value) &&
    value.length === 5 &&
    value.slice(0, 4).every((part) => typeof part === 'number') &&
    typeof value[4] === 'string' &&
    isDigest(value[4])
  );
}
