import { canonicalJson, type Json } from '../../core/json.js';
import { PLACES } from '../bundle-document.js';
import { BUILD_TYPE, PREDICATE, STATEMENT } from '../provenance.js';
import { checkLeniently, recordsOf, type Documents } from './documents.js';

/** As far as a provenance is looked at. */
interface Statement {
  readonly _type: string;
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: {
    readonly buildDefinition: {
      readonly buildType: string;
      readonly externalParameters: { readonly recipe: Json };
      readonly internalParameters: { readonly fingerprint: string; readonly steps: Readonly<Record<string, string>> };
      readonly resolvedDependencies: readonly {
        readonly name: string;
        readonly digest?: { readonly sha256?: string };
      }[];
    };
  };
}

/** Files that are made after the provenance, and so are not among its subjects. */
const LATER: ReadonlySet<string> = new Set([PLACES.provenance, PLACES.envelope, PLACES.digests]);

/** The provenance against the contents: its subjects are the files, its recipe and its steps are those beside it. */
export function checkProvenance(documents: Documents): void {
  const statement = documents.need(PLACES.provenance) as Statement | undefined;
  if (statement === undefined) {
    return;
  }
  const wrong = (detail: string): void => documents.wrong(PLACES.provenance, detail);
  checkLeniently(documents, PLACES.provenance, () => {
    const { _type, predicateType, predicate } = statement;
    const { buildType, externalParameters, internalParameters, resolvedDependencies } = predicate.buildDefinition;
    if (_type !== STATEMENT || predicateType !== PREDICATE || buildType !== BUILD_TYPE) {
      wrong('it is no SLSA provenance of a bundle');
    }
    checkSubjects(documents, statement);
    if (canonicalJson(externalParameters.recipe) !== canonicalJson(documents.read(PLACES.recipe) as Json)) {
      wrong(`its recipe is not ${PLACES.recipe}`);
    }
    const steps = Object.fromEntries(recordsOf(documents).map(({ step, fingerprint }) => [step, fingerprint]));
    if (canonicalJson(internalParameters.steps) !== canonicalJson(steps)) {
      wrong('its steps are not those below records/');
    }
    for (const { name, digest } of resolvedDependencies) {
      const found = documents.contents.files.get(name)?.digest;
      if (found !== undefined && found !== digest?.sha256) {
        wrong(`it was built from another ${name}`);
      }
    }
  });
}

function checkSubjects(documents: Documents, { subject }: Statement): void {
  const { files } = documents.contents;
  const subjects = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  const wrong = (path: string, detail: string): void => documents.wrong(path, `${PLACES.provenance} ${detail}`);
  for (const [path, digest] of subjects) {
    const found = files.get(path)?.digest;
    if (found !== digest) {
      wrong(path, found === undefined ? 'vouches for it, and it is not there' : 'vouches for other bytes of it');
    }
  }
  const unnamed = [...files.keys()].filter((path) => !subjects.has(path) && !LATER.has(path));
  unnamed.forEach((path) => wrong(path, 'does not vouch for it'));
}
