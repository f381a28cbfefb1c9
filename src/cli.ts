#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { runCommandLine } from './commands/program.js';
import { runProcess } from './process.js';

// Node 22 and later keep what they have compiled; there is no such thing before.
const { enableCompileCache } = nodeModule as { enableCompileCache?: () => void };
enableCompileCache?.();

await runProcess('bootlap', runCommandLine);
