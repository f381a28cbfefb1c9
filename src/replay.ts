#!/usr/bin/env node
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runReplayProgram } from './commands/replay-program.js';
import { runProcess } from './process.js';
import { programArguments } from './system/environment.js';
import { PUT_BACK, putBack } from './system/tuning/put-back.js';

const bundle = dirname(fileURLToPath(import.meta.url));
const [first, ...others] = programArguments();
if (first === PUT_BACK) {
  await putBack(others);
} else {
  await runProcess('node replay.mjs', (words, session) => runReplayProgram(words, session, bundle));
}
