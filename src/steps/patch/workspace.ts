import type { FileContent } from '../tree/content.js';

/** Files of a tree as patches change them, in memory: a base, and what has been changed over it. */
export class PatchedFiles {
  /** Files that patches touched, as they are now. */
  private readonly touched: Map<string, FileContent | undefined>;

  constructor(
    private readonly base: ReadonlyMap<string, FileContent | undefined>,
    touched: ReadonlyMap<string, FileContent | undefined> = new Map(),
  ) {
    this.touched = new Map(touched);
  }

  /** A file as it is now; `undefined` where there is none. */
  read(path: string): FileContent | undefined {
    return this.touched.has(path) ? this.touched.get(path) : this.base.get(path);
  }

  write(path: string, content: FileContent | undefined): void {
    this.touched.set(path, content);
  }

  /** A copy to try something on. */
  fork(): PatchedFiles {
    return new PatchedFiles(this.base, this.touched);
  }

  /** What became of every file that differs from the base. */
  changes(): Map<string, FileContent | undefined> {
    const differing = [...this.touched].filter(([path, content]) => {
      const before = this.base.get(path);
      return content === undefined || before === undefined
        ? content !== before
        : content.mode !== before.mode || !content.bytes.equals(before.bytes);
    });
    return new Map(differing);
  }
}
