import { size } from './quantities.js';

/** What there is to say of a bundle that was verified. */
export interface VerifiedFacts {
  readonly recipe: string;
  readonly fingerprint: string;
  /** The version that wrote it. */
  readonly bootlap: string;
  readonly files: number;
  readonly bytes: number;
  readonly signature: 'none' | 'unchecked' | 'checked';
  readonly keyIds: readonly string[];
}

/** A bundle that is what it says. */
export function verifiedLines(file: string, facts: VerifiedFacts): string[] {
  const { recipe, fingerprint, bootlap, files, bytes } = facts;
  return [
    `${file} is whole: ${files} files, ${size(bytes)}`,
    `recipe ${recipe}, fingerprint ${fingerprint}, made by bootlap ${bootlap}`,
    signatureLine(facts),
  ];
}

function signatureLine({ signature, keyIds }: VerifiedFacts): string {
  switch (signature) {
    case 'none':
      return 'not signed: it agrees with itself, and nobody vouches for it';
    case 'unchecked':
      return `signed by ${keyIds.join(', ')}, which was not checked: give the public key with --key`;
    case 'checked':
      return `signed by the key ${keyIds.join(', ')}`;
  }
}

/** What there is to say of a bundle that was written. */
export interface WrittenFacts {
  readonly file: string;
  readonly files: number;
  readonly bytes: number;
  /** SHA-256 of the archive. */
  readonly digest: string;
  readonly keyId?: string;
}

/** A bundle that was written. */
export function writtenLines({ file, files, bytes, digest, keyId }: WrittenFacts): string[] {
  return [
    `bundle: ${file}`,
    `${files} files, ${size(bytes)}, SHA-256 ${digest}`,
    keyId === undefined ? 'not signed (--sign-key FILE signs it)' : `signed by the key ${keyId}`,
  ];
}
