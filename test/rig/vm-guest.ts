import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One thing that the tiny guest does. It halts when its program is over. */
export type GuestStep =
  | { readonly write: readonly [port: number, value: number] }
  | { readonly say: string }
  | 'hang'
  | 'spin'
  | 'spin_with_kvm'
  | 'reboot'
  | 'triple_fault';

const SOURCE_FOLDER = fileURLToPath(new URL('guest', import.meta.url));

/** Assembles a firmware image that runs the program, and gives its path. */
export function buildGuest(folder: string, program: readonly GuestStep[]): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'program.inc'), `${program.map(line).join('\n')}\n`);
  const run = (tool: string, ...list: string[]): unknown => execFileSync(tool, list, { cwd: folder, stdio: 'pipe' });
  run('as', '--32', '-I', folder, join(SOURCE_FOLDER, 'guest.S'), '-o', 'guest.o');
  run('ld', '-m', 'elf_i386', '-Ttext', '0', '-e', 'start', '-o', 'guest.elf', 'guest.o');
  run('objcopy', '-O', 'binary', '-j', '.text', 'guest.elf', 'guest.bin');
  return join(folder, 'guest.bin');
}

function line(step: GuestStep): string {
  if (typeof step === 'string') {
    return `    ${step}`;
  }
  return 'write' in step ? `    write ${step.write.join(', ')}` : `    say ${JSON.stringify(step.say)}`;
}

/** A file that the hypervisor takes for a kernel. The tiny guest never starts it. */
export function buildKernel(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'kernel');
  writeFileSync(path, Buffer.alloc(8192));
  return path;
}
