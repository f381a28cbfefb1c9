import type { Digest } from '../core/digest.js';
import { byCodeUnit } from '../core/json.js';
import type { BundleDocument } from './bundle-document.js';
import { jsonText } from './bundle-document.js';
import type { ComponentOrigin, Origin } from './origins.js';

/** in-toto statement, version 1. */
export const STATEMENT = 'https://in-toto.io/Statement/v1';
/** SLSA provenance, version 1: https://slsa.dev/spec/v1.0/provenance */
export const PREDICATE = 'https://slsa.dev/provenance/v1';
/** What the parameters below mean; docs/bundle.md describes it. */
export const BUILD_TYPE = 'urn:bootlap:bundle:1';

/** What a provenance is made from. */
export interface ProvenanceRequest {
  readonly document: BundleDocument;
  /** As `recipe/recipe.json` has it. */
  readonly recipe: unknown;
  /** Step -> fingerprint. */
  readonly steps: Readonly<Record<string, Digest>>;
  /** Every file of the bundle that is there before the provenance. */
  readonly files: readonly { readonly path: string; readonly digest: Digest }[];
  readonly origins: readonly ComponentOrigin[];
}

/** `provenance.json`: what was built from what, and by what. No clock and no host is in it. */
export function provenanceText({ document, recipe, steps, files, origins }: ProvenanceRequest): string {
  const sorted = [...files].sort((a, b) => byCodeUnit(a.path, b.path));
  return jsonText({
    _type: STATEMENT,
    subject: sorted.map(({ path, digest }) => ({ name: path, digest: { sha256: digest } })),
    predicateType: PREDICATE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { recipe },
        internalParameters: { fingerprint: document.fingerprint, steps },
        resolvedDependencies: [
          ...origins.flatMap(({ component, materials }) => materials.map((each) => material(component, each))),
          ...sorted.filter(({ path }) => IS_MATERIAL.test(path)).map(fileMaterial),
        ],
      },
      runDetails: { builder: { id: 'urn:bootlap:builder', version: { bootlap: document.bootlap } } },
    },
  });
}

/** Patches and configurations that a build read. */
const IS_MATERIAL = /^recipe\/(patches|configs)\/[^/]+\//;

function material(component: string, { name, ...rest }: Origin): Origin {
  return { name: `${component}: ${name}`, ...rest };
}

function fileMaterial({ path, digest }: { readonly path: string; readonly digest: Digest }): Origin {
  return { name: path, digest: { sha256: digest } };
}
