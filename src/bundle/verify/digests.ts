import type { BundleProblem } from '../../core/failures/bundle.js';
import { PLACES } from '../bundle-document.js';
import { digestsText, parseDigests } from '../digests-file.js';
import type { Contents } from './contents.js';

/** Holds every file against `SHA256SUMS`: changed, missing, and more than there should be. */
export function checkDigests({ files }: Contents): BundleProblem[] {
  const list = files.get(PLACES.digests);
  if (list?.text === undefined) {
    return [{ file: PLACES.digests, detail: list === undefined ? 'it is missing' : 'it is too large to be one' }];
  }
  const digests = parseDigests(list.text);
  if (typeof digests === 'number') {
    return [{ file: PLACES.digests, detail: `line ${digests} is not as sha256sum writes it` }];
  }
  const problems: BundleProblem[] = [];
  for (const [path, digest] of digests) {
    const found = files.get(path)?.digest;
    if (found === undefined) {
      problems.push({ file: path, detail: `it is missing, and ${PLACES.digests} lists it` });
    } else if (found !== digest) {
      problems.push({
        file: path,
        detail: `its SHA-256 is ${short(found)}, and ${PLACES.digests} has ${short(digest)}`,
      });
    }
  }
  const extra = [...files.keys()].filter((path) => path !== PLACES.digests && !digests.has(path));
  problems.push(...extra.map((file) => ({ file, detail: `it is not listed in ${PLACES.digests}` })));
  const inOrder = digestsText([...digests].map(([path, digest]) => ({ path, digest }))) === list.text;
  return inOrder ? problems : [...problems, { file: PLACES.digests, detail: 'its lines are not in order' }];
}

function short(digest: string): string {
  return `${digest.slice(0, 12)}...`;
}
