import { mkdirSync } from 'node:fs';
import type { SimpleGit } from 'simple-git';
import type { Interrupted } from '../core/failures/build.js';
import type { ToolMissing } from '../core/failures/host.js';
import type { GitFailed } from '../core/failures/network.js';
import { failed, success, type Result } from '../core/result.js';
import { childEnvironment, environmentVariable } from './environment.js';
import { attempt, type FileFailure } from './files.js';

/** How git is run. */
export interface GitUse {
  /** Folder in which it runs, made when missing. */
  readonly folder: string;
  /** The step on whose behalf, for messages. */
  readonly neededBy: string;
  readonly signal?: AbortSignal;
  /** Objects received so far, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** A server that says nothing for so long is given up. */
  readonly stallMilliseconds?: number;
  /** Added to git's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What git itself said when it failed. */
export interface GitSaid {
  readonly reason: 'git-said';
  readonly text: string;
}

export type GitUseFailure = ToolMissing | Interrupted | FileFailure;

const STALL_MILLISECONDS = 120_000;

/** Variables of git's own that a user may need: where the configuration and the certificates are. */
const INHERITED = ['XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH'];

/**
 * Only these transports, whatever a configuration says: `ext::` and the like run programs of the address's choosing.
 * The environment, because `protocol.<name>.allow` of the user's configuration goes over `protocol.allow`.
 */
const TRANSPORTS = 'https:ssh:file';

/** Makes a simple-git that never prompts, uses known transports only, and ends when the signal aborts. */
export async function openGit(use: GitUse): Promise<Result<SimpleGit, GitUseFailure>> {
  const made = attempt(use.folder, () => mkdirSync(use.folder, { recursive: true }));
  if (!made.ok) {
    return made;
  }
  if (use.signal?.aborted === true) {
    return failed({ reason: 'interrupted' });
  }
  const { simpleGit } = await import('simple-git');
  const environment = gitEnvironment(use);
  const git = simpleGit({
    baseDir: use.folder,
    config: ['protocol.allow=never', ...['https', 'ssh', 'file'].map((name) => `protocol.${name}.allow=always`)],
    allowEnvironment: Object.keys(environment),
    timeout: { block: use.stallMilliseconds ?? STALL_MILLISECONDS },
    unsafe: {
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeAskPass: true,
      allowUnsafeTemplateDir: true,
    },
    errors: anyOtherStatus,
    ...(use.signal === undefined ? {} : { abort: use.signal }),
    ...(use.onProgress === undefined ? {} : { progress: receiving(use.onProgress) }),
  });
  return success(git.env(environment));
}

function gitEnvironment(use: GitUse): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = environmentVariable(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...childEnvironment(),
    ...Object.fromEntries(inherited),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: TRANSPORTS,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_HTTP_LOW_SPEED_LIMIT: '1000',
    GIT_HTTP_LOW_SPEED_TIME: '30',
    ...use.environment,
  };
}

/** simple-git by itself takes a failure without words for a success. */
function anyOtherStatus(
  error: Buffer | Error | undefined,
  result: { readonly exitCode: number; readonly stdErr: readonly Buffer[] },
): Buffer | Error | undefined {
  const words = Buffer.concat(result.stdErr);
  const wordless = words.length === 0 ? new Error(`git ended with status ${result.exitCode}`) : words;
  return error instanceof Error || result.exitCode === 0 ? error : wordless;
}

function receiving(onProgress: (done: number, total: number) => void) {
  return (event: { readonly stage: string; readonly processed: number; readonly total: number }): void => {
    if (event.stage === 'receiving') {
      onProgress(event.processed, event.total);
    }
  };
}

/**
 * Runs one git command and gives its standard output.
 * Fails with `git-said` when git refuses, `tool-missing` when there is no git, or `interrupted`.
 */
export async function runGit(use: GitUse, line: readonly string[]): Promise<Result<string, GitSaid | GitUseFailure>> {
  const git = await openGit(use);
  if (!git.ok) {
    return git;
  }
  try {
    return success(await git.value.raw([...line]));
  } catch (error) {
    return failed(gitFailure(error, use));
  }
}

function gitFailure(error: unknown, use: GitUse): GitSaid | GitUseFailure {
  if (use.signal?.aborted === true) {
    return { reason: 'interrupted' };
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.includes('spawn git ENOENT')
    ? { reason: 'tool-missing', tool: 'git', neededBy: use.neededBy, package: 'git' }
    : { reason: 'git-said', text: complaint(text) };
}

/** git's errors without its progress and hints. */
function complaint(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /^(fatal|error|remote: (error|fatal)|ssh|ERR)|: /i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-6).join('\n');
}

/** The failure that the rest of the program knows, for a place where git's refusal is the end of it. */
export function withoutSaying(failure: GitSaid | GitUseFailure, where: string): GitFailed | GitUseFailure {
  return failure.reason === 'git-said'
    ? { reason: 'git-failed', attempts: [{ url: where, detail: failure.text }] }
    : failure;
}

/** A command for ssh that never asks for a password, built on the user's own where git is told to use one. */
export async function quietSsh(use: GitUse): Promise<Record<string, string>> {
  const configured = await runGit(use, ['config', '--get', 'core.sshCommand']);
  const command = configured.ok && configured.value.trim() !== '' ? configured.value.trim() : 'ssh';
  return { GIT_SSH_COMMAND: `${command} -o BatchMode=yes -o ConnectTimeout=20` };
}
