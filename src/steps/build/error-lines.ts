/** Failures are shown with so many lines in all, of which so many may be errors from further up. */
const LINES_SHOWN = 20;
const ERRORS_SHOWN = 12;

/** A ./configure or meson says why it stops. */
const REFUSAL = /^(configure: error|ERROR): |: ERROR: /;
const ERROR =
  /\berror:|\bERROR:|\bfatal:|\*\*\* |undefined reference|cannot find -l|: not found\b|No such file|^FAILED:/;

/** Picks the lines that look like errors out of what a program says. */
export class ErrorLines {
  /** Why a configuration was refused, with the lines that go on with it. */
  private readonly refusals: string[] = [];
  private readonly errors: string[] = [];
  private isRefusing = false;

  hear(line: string): void {
    this.isRefusing = REFUSAL.test(line) || (this.isRefusing && /^\s+\S/.test(line));
    const lines = this.isRefusing ? this.refusals : this.errors;
    if (lines.length < ERRORS_SHOWN && (this.isRefusing || ERROR.test(line))) {
      lines.push(line);
    }
  }

  /**
   * What to show of a program that failed, given the last lines of what it said. With several jobs at once the error
   * is often far above the end, and a configuration that was refused often told of things that are missing and do not
   * matter before.
   */
  shown(lastLines: readonly string[]): string[] {
    const first = [...this.refusals, ...this.errors].slice(0, ERRORS_SHOWN);
    const last = lastLines.filter((line) => !first.includes(line));
    return [...first, ...last.slice(first.length - LINES_SHOWN)];
  }
}
