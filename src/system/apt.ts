import { statfsSync } from 'node:fs';
import type { ToolMissing } from '../core/failures/host.js';
import type { PackageFetchFailed } from '../core/failures/network.js';
import { done, failed, type Result } from '../core/result.js';
import { configurationFile, configureApt, type Apt } from './apt-configuration.js';
import { runCommand, type CommandFailure, type CommandOutput } from './command.js';
import { inTurn } from './download-turn.js';
import { attempt, type FileFailure } from './files.js';

export type { Apt };

/** What one of apt's programs could not do. */
export type AptFailure = CommandFailure | FileFailure | PackageFetchFailed | ToolMissing;

/**
 * Bytes that have to be free before the lists are fetched: they and what apt makes of them. On a disk that fills up
 * meanwhile apt-get may wait for one of its own helpers for ever.
 */
const ROOM_FOR_LISTS = 128 * 2 ** 20;

/** Steps run side by side in one process, and there is one configuration and one set of lists for all of them. */
const updates = new Map<string, Promise<Result<void, AptFailure>>>();
const configurations = new Map<string, Promise<Result<void, AptFailure>>>();

/**
 * Writes the private configuration and fetches the package lists, once a session for each folder.
 * Fails with `tool-missing` (no apt here: another distribution) or `package-fetch-failed` with apt's own words;
 * the lists of the places that did answer can be used all the same.
 */
export function updateApt(apt: Apt): Promise<Result<void, AptFailure>> {
  return once(updates, apt, fetchLists);
}

function once<T>(running: Map<string, Promise<T>>, apt: Apt, start: (apt: Apt) => Promise<T>): Promise<T> {
  const key = `${apt.folder}\0${apt.session}`;
  const started = running.get(key) ?? inTurn(apt.folder, () => start(apt));
  running.set(key, started);
  return started;
}

async function fetchLists(apt: Apt): Promise<Result<void, AptFailure>> {
  const configured = await configureApt(apt);
  if (!configured.ok) {
    return configured;
  }
  const room = attempt(apt.folder, () => statfsSync(apt.folder));
  if (room.ok && room.value.bavail * room.value.bsize < ROOM_FOR_LISTS) {
    return failed({ reason: 'disk-full', path: apt.folder });
  }
  const updated = await runConfigured(apt, ['apt-get', 'update', '-o', 'APT::Update::Error-Mode=any'], apt.folder);
  return updated.ok ? done : failed(inWordsOfApt(updated.failure, 'the package lists', apt));
}

/**
 * Runs one of apt's programs on the private configuration, in `folder` (the private one when left out).
 * Fails as {@link runCommand} does; `tool-missing` names the step.
 */
export async function runApt(
  apt: Apt,
  line: readonly [string, ...string[]],
  folder = apt.folder,
): Promise<Result<CommandOutput, AptFailure>> {
  // Once a session and not once for all: the paths in it are absolute, and a workspace may be moved.
  const configured = await once(configurations, apt, configureApt);
  return configured.ok ? runConfigured(apt, line, folder) : configured;
}

function runConfigured(
  apt: Apt,
  line: readonly [string, ...string[]],
  folder: string,
): Promise<Result<CommandOutput, AptFailure>> {
  const [program, ...rest] = line;
  return runCommand({
    program,
    arguments: rest,
    folder,
    environment: { APT_CONFIG: configurationFile(apt), DEBIAN_FRONTEND: 'noninteractive' },
    neededBy: apt.neededBy,
    ...(apt.signal === undefined ? {} : { signal: apt.signal }),
  });
}

/**
 * Turns a failed command of apt into `package-fetch-failed` with apt's errors and warnings, or into `disk-full` where
 * that is what it met; other failures stay.
 */
export function inWordsOfApt(failure: AptFailure, what: string, { folder }: Pick<Apt, 'folder'>): AptFailure {
  if (failure.reason !== 'command-failed') {
    return failure;
  }
  if (failure.lastLines.some((line) => line.includes('(28: No space left on device)'))) {
    return { reason: 'disk-full', path: folder };
  }
  const complaints = failure.lastLines.filter((line) => /^(E|W|Err)[: ]/.test(line));
  const words = complaints.length > 0 ? complaints : failure.lastLines;
  return { reason: 'package-fetch-failed', package: what, detail: words.join('\n') };
}
