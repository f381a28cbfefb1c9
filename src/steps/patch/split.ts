import type { PatchMalformed } from '../../core/failures/build.js';
import { failed, success, type Result } from '../../core/result.js';

/** One file's part of a patch: its headers and hunks, without the text around them. */
export interface PatchPart {
  /** Line of the patch at which it begins, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const GIT_HEADER =
  /^(index |old mode |new mode |deleted file mode |new file mode |similarity index |dissimilarity index |rename |copy )/;

/** A patch, cut up. */
export interface SplitPatch {
  readonly parts: readonly PatchPart[];
  /** Lines that tell of a changed binary file without the change. */
  readonly binaries: readonly { readonly line: number; readonly text: string }[];
}

/**
 * Cuts a patch into its files' parts. What a mail or a maintainer wrote before, between and after them is left out:
 * `diff`'s own parser takes a signature line (`-- `) for a removed line.
 * Fails with `patch-malformed` (line and what is wrong there) for a hunk that does not have the lines it announces.
 */
export function splitPatch(patch: string, text: string): Result<SplitPatch, PatchMalformed> {
  const reader = new PatchReader(patch, unifyLineEnds(text.split('\n')));
  while (!reader.atEnd && reader.trouble === undefined) {
    reader.step();
  }
  return reader.trouble === undefined
    ? success({ parts: reader.parts, binaries: reader.binaries })
    : failed(reader.trouble);
}

/** A patch whose very headers end in CR went through a mailer or an editor that changed all its lines. */
function unifyLineEnds(lines: readonly string[]): readonly string[] {
  const headers = lines.filter((line) => /^(--- |\+\+\+ |@@ -)/.test(line));
  const mangled = headers.length > 0 && headers.every((line) => line.endsWith('\r'));
  return mangled ? lines.map((line) => line.replace(/\r$/, '')) : lines;
}

class PatchReader {
  readonly parts: { line: number; lines: string[] }[] = [];
  readonly binaries: { line: number; text: string }[] = [];
  trouble: PatchMalformed | undefined;
  private at = 0;
  /** What may follow: hunks only after file names, and file names once for each part. */
  private state: 'text' | 'git' | 'named' = 'text';

  constructor(
    private readonly patch: string,
    private readonly lines: readonly string[],
  ) {}

  get atEnd(): boolean {
    return this.at >= this.lines.length;
  }

  step(): void {
    const line = this.line(0);
    if (line.startsWith('diff --git ')) {
      this.begin('git');
    } else if (line.startsWith('--- ') && this.line(1).startsWith('+++ ')) {
      this.takeNames();
    } else if (HUNK.test(line)) {
      this.takeHunk();
    } else if (/^Binary files .* differ/.test(line)) {
      this.dropBinary(line);
    } else if (line.startsWith('GIT binary patch')) {
      this.fail('the change of a binary file cannot be applied');
    } else if (this.state === 'git' && GIT_HEADER.test(line)) {
      this.take(line);
    } else {
      this.skipText(line);
    }
  }

  private begin(state: 'git' | 'named'): void {
    this.parts.push({ line: this.at + 1, lines: [] });
    this.state = state;
    if (state === 'git') {
      this.take(this.line(0));
    }
  }

  private takeNames(): void {
    if (this.state !== 'git') {
      this.begin('named');
    }
    this.state = 'named';
    this.take(this.line(0));
    this.take(this.line(0));
  }

  private takeHunk(): void {
    const [, , old = '1', , added = '1'] = HUNK.exec(this.line(0)) ?? [];
    if (this.state !== 'named') {
      return this.fail('a hunk without the name of its file');
    }
    const start = this.at + 1;
    this.take(this.line(0));
    const left = { old: Number(old), new: Number(added) };
    if (!this.takeHunkLines(left)) {
      return this.fail(`the hunk of line ${start} ends here, with ${left.old} old and ${left.new} new lines missing`);
    }
    const goesOn = /^[ +-]/.test(this.line(0)) && !/^(-- ?$|--- |\+\+\+ )/.test(this.line(0));
    if (goesOn || left.old < 0 || left.new < 0) {
      this.fail(`the hunk of line ${start} has more lines than it announces`);
    }
  }

  /** Takes the lines that are left of a hunk; false when they end too early. */
  private takeHunkLines(left: { old: number; new: number }): boolean {
    while (left.old > 0 || left.new > 0) {
      const sign = this.sign();
      if (sign === undefined) {
        return false;
      }
      left.old -= ' -'.includes(sign) ? 1 : 0;
      left.new -= ' +'.includes(sign) ? 1 : 0;
      this.take(this.line(0) === '' ? ' ' : this.line(0));
    }
    while (this.line(0).startsWith('\\')) {
      this.take(this.line(0));
    }
    return true;
  }

  /** What the present line of a hunk is; `undefined` for none of a hunk. */
  private sign(): string | undefined {
    const line = this.line(0);
    // Mailers take the blank off an empty line of context. The last piece of a text is no line.
    const sign = line === '' && this.at < this.lines.length - 1 ? ' ' : line[0];
    return sign !== undefined && [' ', '+', '-', '\\'].includes(sign) ? sign : undefined;
  }

  /** Such a line only says that there was a change; the change itself is not in the patch. */
  private dropBinary(line: string): void {
    if (this.state === 'git') {
      this.parts.pop();
    }
    this.state = 'text';
    this.binaries.push({ line: this.at + 1, text: line });
    this.at += 1;
  }

  private skipText(line: string): void {
    if (line.startsWith('@@') && this.state === 'named') {
      return this.fail(`not a hunk's header: ${line}`);
    }
    this.at += 1;
  }

  private take(line: string): void {
    this.parts.at(-1)?.lines.push(line);
    this.at += 1;
  }

  private line(ahead: number): string {
    return this.lines[this.at + ahead] ?? '';
  }

  private fail(detail: string): void {
    this.trouble = {
      reason: 'patch-malformed',
      patch: this.patch,
      line: Math.min(this.at, this.lines.length - 1) + 1,
      detail,
    };
  }
}
