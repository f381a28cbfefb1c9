import {
  closeSync,
  constants,
  copyFileSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import type { ReadEntry } from 'tar';
import type { ArchiveBroken, PathOutside } from '../core/failures/build.js';
import { fileFailure, isSystemError, type FileFailure } from './files.js';

/** Which part of an archive is taken, and where it goes. */
export interface Layer {
  readonly file: string;
  /** How many leading folders are taken off every path. */
  readonly strip: number;
  /** Only this folder, a path after `strip`, whose path is taken off too. */
  readonly only?: string;
  /** Folder of the target that the files go into. */
  readonly into?: string;
}

export type EntryFailure = PathOutside | ArchiveBroken | FileFailure;

/**
 * Writes the entries of archives into a folder that nobody else writes to, which is why what it made itself
 * is all it has to know: no look at the disk is needed to tell that a path goes through no symbolic link.
 * All calls are synchronous. That is several times faster for thousands of small files than a promise for each.
 */
export class ArchiveWriter {
  /** Files and links written so far. */
  files = 0;
  /** The first thing that went wrong; entries after it are left out. */
  failure: EntryFailure | undefined;

  private layer: Layer = { file: '', strip: 0 };
  private readonly folders = new Set<string>(['']);
  private readonly links = new Set<string>();
  /** Archives may claim times that have not come yet, and make would build such files for ever. */
  private readonly now = Date.now() / 1000;
  private descriptor: number | undefined;

  constructor(private readonly root: string) {}

  /** Says which layer the next entries belong to. */
  begin(layer: Layer): void {
    this.layer = layer;
    if (layer.into !== undefined) {
      this.guard(layer.into, () => this.makeFolder(layer.into ?? ''));
    }
  }

  /** Closes the file of an entry that did not come to its end. */
  end(): void {
    if (this.descriptor !== undefined) {
      closeSync(this.descriptor);
      this.descriptor = undefined;
    }
  }

  /** Remembers a failure; the first one counts. */
  refuse(failure: EntryFailure): void {
    this.failure ??= failure;
  }

  /** Takes one entry of the parser, with its data. */
  take(entry: ReadEntry): void {
    const path = this.failure === undefined ? this.target(entry.path) : undefined;
    if (path === undefined) {
      entry.resume();
      return;
    }
    this.guard(path, () => this.write(entry, path));
    // Whoever listens to the data has started the flow already.
    entry.resume();
  }

  /** Judges an entry whose type the parser does not know. */
  takeUnknown({ path, type }: { readonly path: string; readonly type: string }): void {
    this.broken(`${path} has the unknown type ${type}`);
  }

  private write(entry: ReadEntry, path: string): void {
    switch (entry.type) {
      case 'Directory':
      case 'GNUDumpDir':
        return this.makeFolder(path);
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        return this.writeFile(entry, path);
      case 'SymbolicLink':
        return this.makeLink(path, entry.linkpath ?? '');
      case 'Link':
        return this.copyEarlierFile(path, entry.linkpath ?? '');
      default:
        return this.broken(`${entry.path} is a device or something else that no source tree has (${entry.type})`);
    }
  }

  private writeFile(entry: ReadEntry, path: string): void {
    this.makeFolder(parentOf(path));
    if (this.failure !== undefined) {
      return;
    }
    const mode = ((entry.mode ?? 0) & 0o100) === 0 ? 0o644 : 0o755;
    const descriptor = this.create(path, () => openSync(`${this.root}/${path}`, 'wx', mode));
    this.descriptor = descriptor;
    entry.on('data', (chunk) => this.guard(path, () => writeWhole(descriptor, chunk)));
    entry.on('end', () =>
      this.guard(path, () => {
        const modified = Math.min((entry.mtime?.getTime() ?? 0) / 1000, this.now);
        futimesSync(descriptor, modified, modified);
        this.end();
      }),
    );
    this.files += 1;
  }

  private makeLink(path: string, to: string): void {
    if (leadsOutside(path, to)) {
      return this.outside(path, `is a symbolic link to ${to}, which leads outside the folder`);
    }
    this.makeFolder(parentOf(path));
    if (this.failure === undefined) {
      this.create(path, () => symlinkSync(to, `${this.root}/${path}`));
      this.links.add(path);
      this.files += 1;
    }
  }

  /** A hard link becomes a copy: two names of one file in a source tree would change together. */
  private copyEarlierFile(path: string, to: string): void {
    const earlier = this.target(to);
    if (earlier === undefined) {
      return this.broken(`${path} is a hard link to ${to}, which is not unpacked`);
    }
    this.goesThroughLink(earlier);
    this.makeFolder(parentOf(path));
    if (this.failure !== undefined) {
      return;
    }
    const found = lstatSync(`${this.root}/${earlier}`, { throwIfNoEntry: false });
    if (found?.isFile() !== true) {
      return this.broken(`${path} is a hard link to ${to}, which is no file before it`);
    }
    if (path !== earlier) {
      this.create(path, () => copyFileSync(`${this.root}/${earlier}`, `${this.root}/${path}`, constants.COPYFILE_EXCL));
      utimesSync(`${this.root}/${path}`, found.mtime, found.mtime);
      this.files += 1;
    }
  }

  /** Makes something new; of two entries with one name the later one counts. */
  private create<T>(path: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EEXIST' || this.folders.has(path)) {
        throw error;
      }
      unlinkSync(`${this.root}/${path}`);
      this.links.delete(path);
      return make();
    }
  }

  private makeFolder(path: string): void {
    if (this.folders.has(path) || this.failure !== undefined) {
      return;
    }
    if (this.links.has(path)) {
      return this.outside(path, `goes through the symbolic link ${path}`);
    }
    this.makeFolder(parentOf(path));
    // The call may have met a link further up.
    if (!this.hasFailed()) {
      mkdirSync(`${this.root}/${path}`);
      this.folders.add(path);
    }
  }

  private goesThroughLink(path: string): void {
    for (let part = path; part !== ''; part = parentOf(part)) {
      if (this.links.has(part)) {
        this.outside(path, `goes through the symbolic link ${part}`);
      }
    }
  }

  /** Where an entry goes below the root; `undefined` where it is not wanted or refused. */
  private target(name: string): string | undefined {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (name.startsWith('/') || parts.includes('..') || name.includes('\0')) {
      this.outside(name, 'leads outside the folder');
      return undefined;
    }
    const path = parts.slice(this.layer.strip).join('/');
    const { only, into } = this.layer;
    if (path === '' || (only !== undefined && !path.startsWith(`${only}/`))) {
      return undefined;
    }
    const inner = only === undefined ? path : path.slice(only.length + 1);
    return into === undefined ? inner : `${into}/${inner}`;
  }

  private hasFailed(): boolean {
    return this.failure !== undefined;
  }

  private outside(path: string, detail: string): void {
    this.refuse({ reason: 'path-outside', origin: this.layer.file, path, detail });
  }

  private broken(detail: string): void {
    this.refuse({ reason: 'archive-broken', file: this.layer.file, detail });
  }

  /** Runs file-system work inside the parser's callbacks, where an exception would tear the parser. */
  private guard(path: string, work: () => void): void {
    if (this.failure !== undefined) {
      return;
    }
    try {
      work();
    } catch (error) {
      if (isSystemError(error) && ['EEXIST', 'EISDIR', 'ENOTDIR'].includes(error.code)) {
        return this.broken(`${path} is both a file and a folder`);
      }
      this.refuse(fileFailure(error, `${this.root}/${path}`));
    }
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function leadsOutside(link: string, to: string): boolean {
  let depth = parentOf(link) === '' ? 0 : parentOf(link).split('/').length;
  for (const part of to.split('/')) {
    depth += part === '..' ? -1 : part === '' || part === '.' ? 0 : 1;
    if (depth < 0) {
      return true;
    }
  }
  return to.startsWith('/') || to === '';
}

function writeWhole(descriptor: number, chunk: Buffer): void {
  for (let written = 0; written < chunk.length;) {
    written += writeSync(descriptor, chunk, written, chunk.length - written);
  }
}
