import { isDigest, type Digest } from '../core/digest.js';

/**
 * Stanzas of `Field: value`, the form of deb822(5): what apt prints, and what a `.dsc` is.
 */

/** Field name in lower case -> its value; a line that begins with white space goes on with the last field. */
export type Fields = ReadonlyMap<string, string>;

/** Reads one stanza. What is no field is passed over. */
export function parseFields(stanza: string): Fields {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of stanza.matchAll(/^([^\s:#][^\s:]*):(.*(?:\n[ \t].*)*)/gm)) {
    fields.set(name.toLowerCase(), value.trim());
  }
  return fields;
}

/** Reads stanzas that blank lines part. */
export function parseStanzas(text: string): Fields[] {
  return text
    .split(/\n\s*\n/)
    .map(parseFields)
    .filter((fields) => fields.size > 0);
}

/** One file of a package, pinned. */
export interface PackageFile {
  readonly name: string;
  readonly sha256: Digest;
  /** Bytes. */
  readonly size: number;
}

/** The value of `Checksums-Sha256`: lines of digest, size and name. Lines of another form are passed over. */
export function parseChecksums(value: string): PackageFile[] {
  const files: PackageFile[] = [];
  for (const line of value.split('\n')) {
    const [sha256 = '', size = '', name = ''] = line.trim().split(/\s+/);
    if (isDigest(sha256) && /^\d+$/.test(size) && isFileName(name)) {
      files.push({ name, sha256, size: Number(size) });
    }
  }
  return files;
}

/** A name that stays in its folder: what a server sends becomes a file of ours. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9+._~:%-]*$/.test(name);
}
