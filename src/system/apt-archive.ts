import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Parser, ReadEntry } from 'tar';
import type { ArchiveBroken, Interrupted } from '../core/failures/build.js';
import type { ToolMissing } from '../core/failures/host.js';
import { failed, success, type Result } from '../core/result.js';
import { childEnvironment } from './environment.js';
import { fileFailure, isSystemError, type FileFailure } from './files.js';

/** One file of a `.deb` that is wanted. */
export interface PackageMember {
  /** The `.deb`. */
  readonly archive: string;
  /** Path inside it, without a leading `/`; one `*` stands for any characters. */
  readonly member: string;
  /** Folder that the file is written into, under its own name. */
  readonly into: string;
  /** Bytes of the wanted file so far, and of all of it. */
  readonly onProgress: (done: number, total: number) => void;
  readonly neededBy: string;
  readonly signal?: AbortSignal;
}

export type PackageMemberFailure = ArchiveBroken | ToolMissing | Interrupted | FileFailure;

/**
 * Takes one file out of a `.deb` while the package streams by: nothing else is written. Gives the file's name.
 * Where several match, archives (`.tar.*`) go before others; more than one of those, or none, is `archive-broken`.
 */
export async function takeFromPackage(wanted: PackageMember): Promise<Result<string, PackageMemberFailure>> {
  // Both before the start: execa throws away what nobody reads at once.
  const [{ execa }, { Parser }] = await Promise.all([import('execa'), import('tar')]);
  const child = execa('dpkg-deb', ['--fsys-tarfile', wanted.archive], {
    env: childEnvironment(),
    extendEnv: false,
    buffer: { stdout: false },
    reject: false,
    ...(wanted.signal === undefined ? {} : { cancelSignal: wanted.signal }),
  });
  const taken = await takeFromStream(child.stdout, new Parser({ strict: true }), wanted);
  if (!taken.ok) {
    child.kill();
  }
  const ended = await child;
  if (ended.code === 'ENOENT') {
    return failed({ reason: 'tool-missing', tool: 'dpkg-deb', neededBy: wanted.neededBy, package: 'dpkg' });
  }
  if (wanted.signal?.aborted === true) {
    return failed({ reason: 'interrupted' });
  }
  const complaint = ended.stderr.trim();
  if (complaint !== '' || (taken.ok && ended.failed)) {
    return failed(broken(wanted, complaint || (ended.shortMessage ?? '')));
  }
  return taken;
}

async function takeFromStream(
  stream: Readable,
  parser: Parser,
  wanted: PackageMember,
): Promise<Result<string, PackageMemberFailure>> {
  const form = memberForm(wanted.member);
  const taken: string[] = [];
  const writing: Promise<void>[] = [];
  parser.on('entry', (entry: ReadEntry) => {
    if (entry.type !== 'File' || !form.test(entry.path.replace(/^\.\//, ''))) {
      entry.resume();
      return;
    }
    const name = entry.path.split('/').pop() ?? '';
    taken.push(name);
    // A full disk has to end the stream too, or the package would wait for it for ever.
    const written = write(entry, join(wanted.into, name), wanted.onProgress);
    writing.push(written.catch((error: unknown) => void stream.destroy(error as Error)));
  });
  try {
    // The parser's stream is of another make than Node's; pipeline takes it all the same.
    await pipeline(stream, parser as unknown as NodeJS.WritableStream);
    await Promise.all(writing);
  } catch (error) {
    return failed(isSystemError(error) ? fileFailure(error, wanted.into) : broken(wanted, String(error)));
  }
  return choose(taken, wanted);
}

function memberForm(member: string): RegExp {
  const escaped = member
    .replace(/^\.?\//, '')
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}

async function write(entry: ReadEntry, path: string, onProgress: PackageMember['onProgress']): Promise<void> {
  let done = 0;
  entry.on('data', (chunk: Buffer) => {
    done += chunk.length;
    onProgress(done, entry.size);
  });
  await pipeline(entry as unknown as NodeJS.ReadableStream, createWriteStream(path));
}

function choose(taken: readonly string[], wanted: PackageMember): Result<string, PackageMemberFailure> {
  const archives = taken.filter((name) => name.includes('.tar.'));
  const [name, ...others] = archives.length > 0 ? archives : taken;
  if (name === undefined) {
    return failed(broken(wanted, `has no file ${wanted.member}`));
  }
  return others.length > 0
    ? failed(broken(wanted, `${wanted.member} is not one file but ${[name, ...others].join(', ')}`))
    : success(name);
}

function broken(wanted: PackageMember, detail: string): ArchiveBroken {
  return { reason: 'archive-broken', file: wanted.archive, detail };
}
