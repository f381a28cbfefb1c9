import { PLACES } from '../bundle-document.js';
import { isSoftware } from '../fingerprint.js';
import { PATH_PROPERTY } from '../sbom.js';
import { checkLeniently, type Documents } from './documents.js';

/** As far as an SBOM of a bundle is looked at. */
interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly components: readonly SbomComponent[];
}

interface SbomComponent {
  readonly name: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** The SBOM against the files: one component for each file that is run, with its digest. */
export function checkSbom(documents: Documents): void {
  const sbom = documents.need(PLACES.sbom) as Sbom | undefined;
  if (sbom === undefined) {
    return;
  }
  checkLeniently(documents, PLACES.sbom, () => {
    if (sbom.bomFormat !== 'CycloneDX' || sbom.specVersion !== '1.6') {
      documents.wrong(PLACES.sbom, 'it is no CycloneDX 1.6');
    }
    const listed = new Map(sbom.components.flatMap(fileOf));
    for (const [path, digest] of listed) {
      const found = documents.contents.files.get(path)?.digest;
      if (found !== digest) {
        documents.wrong(
          PLACES.sbom,
          found === undefined ? `it lists ${path}, which is not there` : `it has another digest of ${path}`,
        );
      }
    }
    const software = [...documents.contents.files.keys()].filter(isSoftware);
    software
      .filter((path) => !listed.has(path))
      .forEach((path) => documents.wrong(PLACES.sbom, `it does not list ${path}`));
  });
}

function fileOf({ hashes = [], properties = [] }: SbomComponent): [string, string | undefined][] {
  const path = properties.find(({ name }) => name === PATH_PROPERTY)?.value;
  const digest = hashes.find(({ alg }) => alg === 'SHA-256')?.content;
  return path === undefined ? [] : [[path, digest]];
}
