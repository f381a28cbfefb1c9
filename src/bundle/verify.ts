import { statSync } from 'node:fs';
import type { BundleProblem, BundleRefused } from '../core/failures/bundle.js';
import type { Interrupted } from '../core/failures/build.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, type FileFailure } from '../system/files.js';
import { readTarGz, type ReadTar, type TarBounds } from '../system/tar-reader.js';
import type { BundleDocument } from './bundle-document.js';
import type { NamedKey } from '../system/keys.js';
import { noBundleIn, readBundleFolder } from './read-folder.js';
import { escaped, shownName, sortEntries } from './verify/contents.js';
import { checkDigests } from './verify/digests.js';
import { checkDocument, Documents } from './verify/documents.js';
import { checkMeasurement } from './verify/measurement.js';
import { checkProvenance } from './verify/provenance.js';
import { checkRecords } from './verify/records.js';
import { checkSbom } from './verify/sbom.js';
import { checkSignature, type Signature } from './verify/signature.js';

/** A bundle that is to be verified. */
export interface VerifyRequest {
  /** Path of the archive, or of the folder that it was unpacked to. */
  readonly file: string;
  /** The key that has to have signed it; without it the signature is not checked. */
  readonly key?: NamedKey;
  readonly signal?: AbortSignal;
}

/** A bundle that is what it says. */
export interface VerifiedBundle {
  readonly document: BundleDocument;
  readonly files: number;
  /** Unpacked. */
  readonly bytes: number;
  readonly signature: Signature;
}

/** No bundle comes near them; a hypervisor with debug information is some 500 MB. */
const BOUNDS: TarBounds = {
  entries: 5_000,
  fileBytes: 2 * 1024 ** 3,
  totalBytes: 4 * 1024 ** 3,
  ratio: 200,
  textBytes: 64 * 1024 ** 2,
};

/** Problems that are told; the others are counted. */
const TOLD_PROBLEMS = 20;
/** Signs of one; it can quote what a document says. */
const LONGEST_DETAIL = 1_000;

/**
 * Reads a bundle through once, writes nothing, and checks that it is whole, that all its parts agree, and who signed it.
 * Fails with `bundle-refused`, which says what is wrong with which file, or where the archive cannot be read at all.
 */
export async function verifyBundle(
  request: VerifyRequest,
): Promise<Result<VerifiedBundle, BundleRefused | FileFailure | Interrupted>> {
  const { file, signal } = request;
  const folderProblem = isFolder(file) ? noBundleIn(file) : undefined;
  if (folderProblem !== undefined) {
    return refuse(file, [folderProblem]);
  }
  const read = isFolder(file)
    ? readBundleFolder(file, isText)
    : await readTarGz({ file, bounds: BOUNDS, wantsText: isText, ...(signal && { signal }) });
  if (!read.ok) {
    return read;
  }
  const { contents, problems } = sortEntries(read.value.entries);
  const documents = new Documents(contents);
  documents.problems.push(...archiveProblems(read.value), ...problems);
  if (read.value.broken !== undefined) {
    // What is missing behind a cut is no news.
    return refuse(file, documents.problems);
  }
  documents.problems.push(...checkDigests(contents));
  const document = checkDocument(documents);
  checkRecords(documents);
  checkMeasurement(documents);
  checkSbom(documents);
  checkProvenance(documents);
  const signature = checkSignature(documents, request.key);
  if (document === undefined || documents.problems.length > 0) {
    return refuse(file, documents.problems);
  }
  const bytes = [...contents.files.values()].reduce((sum, each) => sum + each.bytes, 0);
  return success({ document, files: contents.files.size, bytes, signature });
}

function isFolder(path: string): boolean {
  // What cannot be asked for is told when it is read.
  const found = attempt(path, () => statSync(path).isDirectory());
  return found.ok && found.value;
}

/** Documents; what is only run or looked at is digested and no more. */
function isText(path: string): boolean {
  return /\.json$|\/SHA256SUMS$/.test(path);
}

function archiveProblems({ broken }: ReadTar): BundleProblem[] {
  if (broken === undefined) {
    return [];
  }
  const { path, detail } = broken;
  return [path === undefined ? { detail: `the archive: ${detail}` } : { file: path, detail }];
}

/** Names and texts of others' making reach a terminal with nothing in them that it would obey. */
function shown({ file, detail }: BundleProblem): BundleProblem {
  const short = detail.length > LONGEST_DETAIL ? `${detail.slice(0, LONGEST_DETAIL)}...` : detail;
  return { ...(file === undefined ? {} : { file: shownName(file) }), detail: escaped(short) };
}

function refuse(bundle: string, problems: readonly BundleProblem[]): Result<never, BundleRefused> {
  return failed({
    reason: 'bundle-refused',
    bundle,
    problems: problems.slice(0, TOLD_PROBLEMS).map(shown),
    further: Math.max(0, problems.length - TOLD_PROBLEMS),
  });
}
