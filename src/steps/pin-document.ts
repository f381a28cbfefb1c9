import { readFileSync, writeFileSync } from 'node:fs';
import { isDigest, type Digest } from '../core/digest.js';
import { failed, success, type Result } from '../core/result.js';
import type { BinaryPackage, SourcePackage } from '../system/apt-resolve.js';
import { attempt, type FileFailure } from '../system/files.js';

/**
 * What `pin:<component>` has settled on: which version, and which bytes. No address stands in it, so that the same
 * package from another mirror is the same pin.
 */
export type Pin = AptPin | AptSourcePin | GitPin | ConfigPin;

/** A binary package of the distribution. */
export interface AptPin extends BinaryPackage {
  readonly kind: 'apt';
}

/** A source package of the distribution. */
export interface AptSourcePin extends SourcePackage {
  readonly kind: 'apt-source';
}

/** A commit. */
export interface GitPin {
  readonly kind: 'git';
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** The commit's tree, where the recipe knows it. */
  readonly tree?: string;
}

/** A `.config` that is fetched. */
export interface ConfigPin {
  readonly kind: 'config';
  readonly sha256: Digest;
}

/** The bytes of `pin.json`. */
export function pinText(pin: Pin): string {
  return `${JSON.stringify(pin, undefined, 2)}\n`;
}

/** Writes `pin.json`. */
export function writePin(path: string, pin: Pin): Result<void, FileFailure> {
  return attempt(path, () => writeFileSync(path, pinText(pin)));
}

/** Reads `pin.json` and checks that it is one of the kind. Fails with `file-trouble` otherwise. */
export function readPin<K extends Pin['kind']>(path: string, kind: K): Result<Extract<Pin, { kind: K }>, FileFailure> {
  const text = attempt(path, () => readFileSync(path, 'utf8'));
  if (!text.ok) {
    return text;
  }
  const value = parse(text.value);
  return isPin(value, kind)
    ? success(value)
    : failed({ reason: 'file-trouble', path, code: 'EINVAL', detail: `not a pin of the kind "${kind}"` });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isPin<K extends Pin['kind']>(value: unknown, kind: K): value is Extract<Pin, { kind: K }> {
  return isRecord(value) && value['kind'] === kind && CHECKS[kind](value);
}

type Fields = Readonly<Record<string, unknown>>;

const CHECKS: Readonly<Record<Pin['kind'], (pin: Fields) => boolean>> = {
  apt: (pin) => hasTexts(pin, ['package', 'version']) && isFile(pin['file']),
  'apt-source': (pin) =>
    hasTexts(pin, ['package', 'version', 'format']) && Array.isArray(pin['files']) && pin['files'].every(isFile),
  git: (pin) => [pin['commit'], pin['tree'] ?? pin['commit']].every((id) => /^[0-9a-f]{40,64}$/.test(String(id))),
  config: (pin) => isDigest(String(pin['sha256'])),
};

function isFile(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, ['name', 'sha256']) &&
    isDigest(String(value['sha256'])) &&
    Number.isSafeInteger(value['size'])
  );
}

function hasTexts(fields: Fields, keys: readonly string[]): boolean {
  return keys.every((key) => typeof fields[key] === 'string' && fields[key] !== '');
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
