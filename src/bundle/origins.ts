import { COMPONENTS, type Component } from '../core/step.js';
import type { Source } from '../recipe/schema.js';
import type { Pin } from '../steps/pin-document.js';
import type { SourceLayout } from '../steps/source-layout.js';
import type { BundleDocument } from './bundle-document.js';
import { commitUrl, fileUrl, packageUrl } from './purl.js';

/** Something that a bundle was made from, as SLSA describes a resource. */
export interface Origin {
  readonly name: string;
  readonly uri?: string;
  /** Kind -> hexadecimal digits: `sha256`, or git's `gitCommit` and `gitTree`. */
  readonly digest?: Readonly<Record<string, string>>;
}

/** Where one component is from. */
export interface ComponentOrigin {
  readonly component: Component;
  /** Upstream's version, or the package's, or the commit. */
  readonly version?: string;
  /** Package URL of the whole; missing for a working tree and for a finished file. */
  readonly purl?: string;
  readonly materials: readonly Origin[];
}

/** Reads a JSON file of the bundle; `undefined` where there is none. */
export type ReadJson = (path: string) => unknown;

/** What the documents below `recipe/` say of where each component is from. Everything in it is from the bundle itself. */
export function componentOrigins(read: ReadJson, distribution: BundleDocument['distribution']): ComponentOrigin[] {
  const recipe = read('recipe/recipe.json') as Partial<Record<Component, { readonly source?: Source }>> | undefined;
  return COMPONENTS.map((component) => {
    const pin = read(`recipe/pins/${component}.json`) as Pin | undefined;
    const layout = read(`recipe/sources/${component}.json`) as SourceLayout | undefined;
    const source = recipe?.[component]?.source;
    const known = pin === undefined ? unpinned(source, layout) : pinned(pin, { source, distribution });
    const version = layout !== undefined && 'version' in layout ? layout.version : undefined;
    return { component, ...(version === undefined ? {} : { version }), ...known };
  });
}

type Known = Omit<ComponentOrigin, 'component'>;

interface PinPlace {
  readonly source: Source | undefined;
  readonly distribution: BundleDocument['distribution'];
}

function pinned(pin: Pin, { source, distribution }: PinPlace): Known {
  switch (pin.kind) {
    case 'apt': {
      const purl = packageUrl({ name: pin.package, version: pin.version }, distribution);
      return { purl, materials: [{ name: pin.file.name, uri: purl, digest: { sha256: pin.file.sha256 } }] };
    }
    case 'apt-source': {
      const named = { name: pin.package, version: pin.version, architecture: 'source' };
      const purl = packageUrl(named, distribution);
      return { purl, materials: pin.files.map(({ name, sha256 }) => ({ name, uri: purl, digest: { sha256 } })) };
    }
    case 'git': {
      const repository = source !== undefined && 'git' in source ? source.git : '';
      const digest = { gitCommit: pin.commit, ...(pin.tree === undefined ? {} : { gitTree: pin.tree }) };
      const uri = `git+${repository}@${pin.commit}`;
      const purl = commitUrl(repository, pin.commit);
      return { version: pin.commit, purl, materials: [{ name: 'source', uri, digest }] };
    }
    case 'config':
      return { materials: [{ name: 'config', digest: { sha256: pin.sha256 } }] };
  }
}

function unpinned(source: Source | undefined, layout: SourceLayout | undefined): Known {
  if (source !== undefined && 'url' in source) {
    const { url, sha256 } = source;
    return { purl: fileUrl(url, sha256), materials: [{ name: 'source', uri: url, digest: { sha256 } }] };
  }
  switch (layout?.kind) {
    case 'installed':
      return { materials: [{ name: layout.program, digest: { sha256: layout.digest } }] };
    case 'file':
      return { materials: [{ name: 'a finished file', digest: { sha256: layout.digest } }] };
    case 'local':
      return { materials: [{ name: 'a working tree', digest: { gitTree: layout.tree } }] };
    default:
      return { materials: [] };
  }
}
