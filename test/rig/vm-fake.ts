import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a fake hypervisor may have besides its body. */
export interface FakeOptions {
  readonly name?: string;
  /** What a traced boot does, instead of {@link EACH_POINT}. */
  readonly traced?: string;
}

/**
 * A traced boot that shows at each port what `body`, run with that `$port`, ends with, and then goes on until it is
 * ended; where the body does not end as an exit device does, the boot does not either.
 */
const EACH_POINT = `for each in $traced; do
  (port=\${each%:*}; body)
  status=$?
  [ $((status % 2)) = 1 ] && [ $status != 1 ] || exit $status
  mark \${each%:*} $((status / 2))
done
exec sleep 30`;

/**
 * A hypervisor whose truth is known: a shell script that runs `body` with these variables set from its arguments:
 * `$accel`, `$machine`, `$cpu`, `$memory`, `$cpus`, `$port` (of the exit device, `0xf5`; empty without one), `$boot` (from 1, counts its starts) and
 * `$recorder_portf5` (file of the recorder on port 0xf5, where there is one). In a traced boot it runs `traced` instead,
 * which has `mark PORT VALUE` to write as a guest would.
 */
export function fakeHypervisor(folder: string, body: string, options: FakeOptions = {}): string {
  const { name = 'fake-hypervisor', traced = EACH_POINT } = options;
  const path = join(folder, name);
  const script = `#!/bin/sh
accel= machine= cpu= memory= cpus= port= pipe= traced=
while [ $# -gt 0 ]; do
  case "$1" in
    -accel) accel=$2 ;;
    -machine) machine=$2 ;;
    -cpu) cpu=$2 ;;
    -m) memory=$2 ;;
    -smp) cpus=$2 ;;
    -chardev) case "$2" in
      *fdset*) pipe=\${2#*fdset/}; pipe=\${pipe%%,*} ;;
      *) file=\${2#*path=}; eval "recorder_\${file##*/}=$file" ;;
    esac ;;
    -device) case "$2" in
      *exit*) port=\${2#*iobase=}; port=\${port%%,*} ;;
      *debugcon*) place=\${2#*iobase=}; [ -z "$pipe" ] || traced="$traced \${place%%,*}:$pipe"; pipe= ;;
    esac ;;
  esac
  shift
done
[ "$machine" != help ] || exit 0
[ "$accel" != help ] || { printf 'Accelerators supported in QEMU binary:\\ntcg\\nkvm\\n'; exit 0; }
echo >> ${folder}/boots
boot=$(wc -l < ${folder}/boots)
mark() {
  for each_pipe in $traced; do
    [ "\${each_pipe%:*}" != "$1" ] || printf "\\\\$(printf %03o "$2")" > /proc/self/fd/\${each_pipe#*:}
  done
}
body() {
:
${body}
}
[ -n "$traced" ] || { body; exit; }
${traced}
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

/** A body that ends as the points of the tiny guest's recipe, and of the recipes that ship, must. */
export const SOUND_FAKE = 'case "$port" in 0xf5|0xf7) exit 3 ;; 0xf4) exit 7 ;; 0xf6) exit 5 ;; esac; exit 0';
