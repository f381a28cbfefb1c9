import { join } from 'node:path';
import type { Step } from '../core/step.js';
import { packageFolder } from '../system/environment.js';

const SOURCE = 'src/native/init.c';

/**
 * A program that needs nothing: no C library, no loader, no second page, no registers of the floating-point unit. What
 * is timed is the kernel's way to it. No debug information and no symbols: they would hold names of temporary files.
 */
const FLAGS = [
  ...['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-ffreestanding', '-nostdlib', '-static'],
  ...['-fno-pie', '-no-pie', '-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables'],
  ...['-mgeneral-regs-only', '-Wl,--build-id=none', '-Wl,-z,noexecstack', '-Wl,-z,noseparate-code', '-s'],
];

/**
 * `make:init`: the first program of the VM, for a recipe with `init: builtin`. Output `initrd`, an initial RAM disk
 * (cpio, not compressed) with the program as `/init` and the console that it complains on; the same source and compiler
 * give the same bytes. Fails with `compiler-unfit` where the compiler cannot make a static program for x86-64.
 */
export function initStep(): Step {
  const source = join(packageFolder, SOURCE);
  return {
    name: 'make:init',
    title: 'build the init',
    lane: 'build',
    sharedWith: 'machines',
    inputs: {
      params: { flags: FLAGS },
      files: { [SOURCE]: source },
      upstream: [],
      tools: ['cc', 'ld'],
      env: [],
    },
    outputs: { initrd: { path: 'init.cpio', kind: 'file' } },
    run: async (context) => (await import('./init-run.js')).makeInit({ source, flags: FLAGS, context }),
  };
}
