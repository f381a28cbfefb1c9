import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A hypervisor whose truth is known: a shell script that runs `body` with these variables set from its arguments:
 * `$accel`, `$machine`, `$cpu`, `$port` (of the exit device, `0xf5`; empty without one), `$boot` (from 1, counts its starts) and
 * `$recorder_portf5` (file of the recorder on port 0xf5, where there is one).
 */
export function fakeHypervisor(folder: string, body: string, name = 'fake-hypervisor'): string {
  const path = join(folder, name);
  const script = `#!/bin/sh
accel= machine= cpu= port=
while [ $# -gt 0 ]; do
  case "$1" in
    -accel) accel=$2 ;;
    -machine) machine=$2 ;;
    -cpu) cpu=$2 ;;
    -chardev) file=\${2#*path=}; eval "recorder_\${file##*/}=$file" ;;
    -device) case "$2" in *exit*) port=\${2#*iobase=}; port=\${port%%,*} ;; esac ;;
  esac
  shift
done
[ "$machine" != help ] || exit 0
[ "$accel" != help ] || { printf 'Accelerators supported in QEMU binary:\\ntcg\\nkvm\\n'; exit 0; }
echo >> ${folder}/boots
boot=$(wc -l < ${folder}/boots)
${body}
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

/** A body that ends as the three points of the tiny guest's recipe must. */
export const SOUND_FAKE = 'case "$port" in 0xf5) exit 3 ;; 0xf4) exit 7 ;; 0xf6) exit 5 ;; esac; exit 0';
