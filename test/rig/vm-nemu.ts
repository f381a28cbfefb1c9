import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A program that is to the probe what NEMU is, with QEMU inside: it has a machine `virt` without an ISA bus, the device
 * `sysbus-debugexit`, and of the accelerators those that are named. The rest of its start is the lines of `before`, which
 * see its arguments as they came.
 */
export function nemuLike(folder: string, accelerators: readonly string[], before = ''): string {
  const path = join(folder, 'qemu-system-x86_64_virt');
  const script = `#!/bin/bash
known=" ${accelerators.join(' ')} "
${before}
arguments=()
while [ $# -gt 0 ]; do
  case "$1 $2" in
    "-accel help") printf 'Accelerators supported in QEMU binary:\\n'; printf '%s\\n' $known; exit 0 ;;
    "-machine help") printf 'Supported machines are:\\nvirt  virt\\n'; exit 0 ;;
    "-accel "*) [[ $known == *" $2 "* ]] || { echo "$0: -accel $2: invalid accelerator $2" >&2; exit 1; } ;;
    "-machine virt") set -- -machine pc "\${@:3}" ;;
    "-device isa-"*) echo "$0: -device $2: No 'ISA' bus found for device '\${2%%,*}'" >&2; exit 1 ;;
    "-device sysbus-debugexit"*) set -- -device "isa-debug-exit\${2#sysbus-debugexit}" "\${@:3}" ;;
  esac
  arguments+=("$1")
  shift
done
exec qemu-system-x86_64 "\${arguments[@]}"
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

/** What a recipe says of such a machine. */
export const VIRT = { type: 'virt', 'exit-device': 'sysbus-debugexit' };
