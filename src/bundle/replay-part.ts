import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleIncomplete } from '../core/failures/bundle.js';
import { failed, success, type Result } from '../core/result.js';
import { packageFolder } from '../system/environment.js';
import { attempt, type FileFailure } from '../system/files.js';
import { textFile, type TarFile } from '../system/tar-writer.js';
import { PLACES, type BundleDocument } from './bundle-document.js';
import { machineFile } from './machine-file.js';
import { replayScript } from './replay-script.js';

/** `bootlap replay` in one file, as the build makes it. */
const PROGRAM = join(packageFolder, 'dist/replay.mjs');

/** The programs that measure an unpacked bundle: `replay.sh` with a shell alone, `replay.mjs` with Node alone. */
export function replayFiles(document: BundleDocument): Result<readonly TarFile[], BundleIncomplete | FileFailure> {
  const script = attempt(PLACES.script, () => textFile(PLACES.script, replayScript(document)));
  if (!script.ok) {
    return script;
  }
  if (!existsSync(PROGRAM)) {
    const detail = 'bootlap was not built';
    return failed({ reason: 'bundle-incomplete', missing: PLACES.program, detail, command: 'npm run build' });
  }
  const program = machineFile({ file: PROGRAM, to: PLACES.program }, 'npm run build');
  return program.ok ? success([{ ...script.value, executable: true }, program.value]) : program;
}
