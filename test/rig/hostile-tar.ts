import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Header, Parser, type HeaderData } from 'tar';

/** An entry of an archive, as anybody could write it. */
export interface AnyEntry {
  readonly path: string;
  readonly content: Buffer;
  readonly executable?: boolean;
  /** Instead of the one that goes with `executable`. */
  readonly mode?: number;
  /** `SymbolicLink`, `CharacterDevice`, ...; a file where it is not said. */
  readonly type?: NonNullable<HeaderData['type']>;
  readonly target?: string;
  /** Said in its header, whatever the content has. */
  readonly size?: number;
}

/** Everything in an archive. */
export function entriesOf(archive: string): AnyEntry[] {
  const entries: AnyEntry[] = [];
  const parser = new Parser({
    onReadEntry: (entry) => {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
      entry.on('end', () => {
        const executable = ((entry.mode ?? 0) & 0o100) !== 0;
        entries.push({ path: entry.path, content: Buffer.concat(chunks), executable });
      });
    },
  });
  parser.end(gunzipSync(readFileSync(archive)));
  return entries;
}

/** Writes a gzipped tar of these entries, without a word about what they are. */
export function packEntries(archive: string, entries: readonly AnyEntry[], tail: Buffer = Buffer.alloc(1024)): void {
  const blocks = entries.flatMap(({ path, content, executable, mode, type = 'File', target, size }) => {
    const header = new Header({
      ...{ path, type, mode: mode ?? (executable === true ? 0o755 : 0o644), uid: 0, gid: 0, mtime: new Date(0) },
      size: size ?? content.length,
      ...(target === undefined ? {} : { linkpath: target }),
    });
    header.encode();
    return [header.block ?? Buffer.alloc(0), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  writeFileSync(archive, gzipSync(Buffer.concat([...blocks, tail]), { level: 0 }));
}
