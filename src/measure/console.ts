/** The last lines of a text, without carriage returns and empty ends, at most `count`. */
export function lastLines(text: string, count = 20): string[] {
  const lines = text.split('\n').map((line) => line.replaceAll('\r', '').trimEnd());
  return lines.filter((line, index) => line !== '' || (index > 0 && index < lines.length - 1)).slice(-count);
}

const PANICS = [/Kernel panic - not syncing: (.*)/, /PANIC: (.*)/, /^(?:.*\] )?BUG: (unable to handle .*)/m];

/** What a guest that gave up printed as the reason; `undefined` when nothing on its console says so. */
export function panicMessage(console: string): string | undefined {
  for (const panic of PANICS) {
    const message = panic.exec(console)?.[1];
    if (message !== undefined) {
      return message.replaceAll('\r', '').trim();
    }
  }
  return undefined;
}

/** Signs on a kernel's console that it has begun to look for the first user-space program. */
const USER_SPACE = /Run \S+ as init process|No working init found|Attempted to kill init|Requested init \S+ failed/;

/** Tells whether a kernel got to user space, going by what it printed. */
export function reachedUserSpace(console: string): boolean {
  return USER_SPACE.test(console);
}

/** Tells whether a kernel was running at all, going by what it printed. */
export function kernelRan(console: string): boolean {
  return /Linux version \d/.test(console);
}

/** The hypervisor's complaints on its standard error, without warnings and without its own name in front. */
export function complaints(errors: string): string[] {
  return lastLines(errors, 50)
    .filter((line) => !/: (warning|info): |^qemu: module \S+ not found/.test(line))
    .map((line) => line.replace(/^\S*qemu[\w.-]*: /, ''));
}
