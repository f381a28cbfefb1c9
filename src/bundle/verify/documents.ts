import type { BundleProblem } from '../../core/failures/bundle.js';
import type { BundleDocument } from '../bundle-document.js';
import { bundleName, PLACES } from '../bundle-document.js';
import { bundleFingerprint, isSoftware } from '../fingerprint.js';
import type { BundledRecord } from '../records-part.js';
import type { Json } from '../../core/json.js';
import type { Contents } from './contents.js';

/** Reads JSON documents of a bundle and keeps what is wrong with them. */
export class Documents {
  readonly problems: BundleProblem[] = [];
  private readonly parsed = new Map<string, unknown>();

  constructor(readonly contents: Contents) {}

  /** The value of a document; `undefined`, and a problem, where it is missing or no JSON. */
  need(path: string): unknown {
    if (!this.contents.files.has(path)) {
      this.wrong(path, 'it is missing');
      return undefined;
    }
    return this.read(path);
  }

  /** As {@link need}, but it may be missing. */
  read(path: string): unknown {
    const file = this.contents.files.get(path);
    if (file === undefined || this.parsed.has(path)) {
      return this.parsed.get(path);
    }
    const value = parse(file.text);
    if (value === undefined) {
      this.wrong(path, file.text === undefined ? 'it is too large' : 'it is no JSON object');
    }
    this.parsed.set(path, value);
    return value;
  }

  /** Notes a problem, once. */
  wrong(file: string, detail: string): void {
    if (!this.problems.some((known) => known.file === file && known.detail === detail)) {
      this.problems.push({ file, detail });
    }
  }
}

function parse(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs a check that walks through documents of others' making. A document that has not the form that it should have
 * makes it stumble: that is a problem of the document and no bug.
 */
export function checkLeniently(documents: Documents, path: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    documents.wrong(path, 'it has not the form that it should have');
  }
}

/** `bundle.json` against the rest: its version, its name, its fingerprint, what it says lies where. */
export function checkDocument(documents: Documents): BundleDocument | undefined {
  const read = documents.need(PLACES.document) as Record<string, unknown> | undefined;
  if (read === undefined) {
    return undefined;
  }
  if (read['kind'] !== 'bootlap-bundle' || read['schemaVersion'] !== 1) {
    documents.wrong(PLACES.document, `it is of version ${JSON.stringify(read['schemaVersion'])}, and 1 is known here`);
    return undefined;
  }
  const document = read as unknown as BundleDocument;
  checkLeniently(documents, PLACES.document, () => {
    checkVersion(documents, document);
    checkPlaces(documents, document);
    checkName(documents, document);
  });
  return document;
}

/** It is told on a terminal as it stands. */
function checkVersion(documents: Documents, { bootlap }: BundleDocument): void {
  if (!/^[\w.+-]{1,64}$/.test(bootlap)) {
    documents.wrong(PLACES.document, 'what it has for the version of bootlap is none');
  }
}

function checkPlaces(documents: Documents, { vm, stopwatch, executables }: BundleDocument): void {
  const { files } = documents.contents;
  const { hypervisor } = vm;
  const included = hypervisor.kind === 'included' ? [hypervisor.program, hypervisor.loader] : [];
  for (const path of [vm.firmware, vm.kernel, vm.init, stopwatch, ...included]) {
    if (path !== undefined && !files.has(path)) {
      documents.wrong(PLACES.document, `it names ${path}, which is not there`);
    }
  }
  const folders = hypervisor.kind === 'included' ? [hypervisor.libraries, hypervisor.modules, hypervisor.data] : [];
  for (const folder of folders) {
    if (folder !== undefined && ![...files.keys()].some((path) => path.startsWith(`${folder}/`))) {
      documents.wrong(PLACES.document, `it names the folder ${folder}, and there is nothing in it`);
    }
  }
  const listed = new Set(executables);
  for (const [path, { executable }] of files) {
    if (executable !== listed.has(path)) {
      documents.wrong(path, executable ? 'it is executable and should not be' : 'it is not executable and should be');
    }
  }
}

function checkName(documents: Documents, document: BundleDocument): void {
  const { files, top } = documents.contents;
  const steps = Object.fromEntries(recordsOf(documents).map(({ step, fingerprint }) => [step, fingerprint]));
  const software = Object.fromEntries(
    [...files].filter(([path]) => isSoftware(path)).map(([path, { digest }]) => [path, digest]),
  );
  const fingerprint = bundleFingerprint({
    recipe: (documents.need(PLACES.recipe) ?? null) as Json,
    steps,
    software,
    hypervisor: document.vm.hypervisor as unknown as Json,
  });
  if (fingerprint !== document.fingerprint) {
    documents.wrong(PLACES.document, 'its fingerprint is not that of the recipe, the records and the VM beside it');
  }
  if (bundleName(document) !== top) {
    documents.wrong(top === '' ? PLACES.document : top, `the folder should be called ${bundleName(document)}`);
  }
}

/** The records below `records/`; one that has not the form of a record is a problem and left out. */
export function recordsOf(documents: Documents): BundledRecord[] {
  const paths = [...documents.contents.files.keys()].filter((path) => /^records\/[^/]+\.json$/.test(path));
  return paths.flatMap((path) => {
    const value = documents.read(path);
    if (value === undefined || isRecord(value)) {
      return value ?? [];
    }
    documents.wrong(path, 'it is no record of a step');
    return [];
  });
}

function isRecord(value: unknown): value is BundledRecord {
  const { step, fingerprint, inputs, outputs } = value as Record<string, unknown>;
  const isObject = (each: unknown): boolean => typeof each === 'object' && each !== null;
  return (
    typeof step === 'string' &&
    typeof fingerprint === 'string' &&
    isObject(inputs) &&
    isObject(outputs) &&
    Object.values(outputs as object).every(isObject)
  );
}
