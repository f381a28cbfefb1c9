import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type * as CycloneDX from '@cyclonedx/cyclonedx-library';
import type { Models } from '@cyclonedx/cyclonedx-library';
import type { Digest } from '../core/digest.js';
import { byCodeUnit } from '../core/json.js';
import type { BundledPackage, BundleDocument } from './bundle-document.js';
import { bundleName, PLACES } from './bundle-document.js';
import type { ComponentOrigin } from './origins.js';
import { packageUrl } from './purl.js';

/** What an SBOM is made from. */
export interface SbomRequest {
  readonly document: BundleDocument;
  readonly origins: readonly ComponentOrigin[];
  /** Path -> digest of every file below `vm/` and `bin/`. */
  readonly software: ReadonlyMap<string, Digest>;
}

/** Property of a component that names its file. */
export const PATH_PROPERTY = 'bootlap:path';

/**
 * `sbom.cdx.json`: CycloneDX 1.6, one component for each file of the VM and for each package that has to be installed.
 * The serial number is derived from the bundle's fingerprint and there is no time in it: the same bundle, the same text.
 */
export async function sbomText(request: SbomRequest): Promise<string> {
  const { Enums, Models, Serialize, Spec } = await import('@cyclonedx/cyclonedx-library');
  const { document, software } = request;
  const root = new Models.Component(Enums.ComponentType.Application, bundleName(document), {
    bomRef: 'bundle',
    version: document.fingerprint,
  });
  const bom = new Models.Bom({ serialNumber: serialNumber(document.fingerprint) });
  bom.metadata.component = root;
  bom.metadata.tools.tools.add(new Models.Tool({ name: 'bootlap', version: document.bootlap }));
  const parts = [
    ...[...software].map(([path, digest]) => partOfFile({ path, digest }, request)),
    ...(document.vm.hypervisor.kind === 'packages'
      ? document.packages.map((each) => partOfPackage(each, document))
      : []),
  ].sort((a, b) => byCodeUnit(a.ref, b.ref));
  for (const part of parts) {
    const component = componentOf(part, { Enums, Models });
    bom.components.add(component);
    root.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

type Library = Pick<typeof CycloneDX, 'Enums' | 'Models'>;

/** What an SBOM says of one part. */
interface Part {
  readonly ref: string;
  readonly type: 'application' | 'firmware' | 'operating-system' | 'library';
  readonly name: string;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
  readonly licence?: string | undefined;
  readonly digest?: Digest;
  readonly path?: string;
}

function componentOf(part: Part, { Enums, Models }: Library): Models.Component {
  const types = {
    application: Enums.ComponentType.Application,
    firmware: Enums.ComponentType.Firmware,
    'operating-system': Enums.ComponentType.OperatingSystem,
    library: Enums.ComponentType.Library,
  };
  const component = new Models.Component(types[part.type], part.name, {
    bomRef: part.ref,
    ...(part.version === undefined ? {} : { version: part.version }),
    ...(part.purl === undefined ? {} : { purl: part.purl }),
  });
  if (part.digest !== undefined) {
    component.hashes.set(Enums.HashAlgorithm['SHA-256'], part.digest);
  }
  if (part.licence !== undefined) {
    component.licenses.add(new Models.NamedLicense(part.licence));
  }
  if (part.path !== undefined) {
    component.properties.add(new Models.Property(PATH_PROPERTY, part.path));
  }
  return component;
}

function partOfPackage(each: BundledPackage, { distribution }: BundleDocument): Part {
  const { name, version, licence } = each;
  const purl = packageUrl(each, distribution);
  return { ref: purl, type: 'library', name, version, purl, licence };
}

interface SoftwareFile {
  readonly path: string;
  readonly digest: Digest;
}

function partOfFile({ path, digest }: SoftwareFile, request: SbomRequest): Part {
  const own = { ref: path, path, digest };
  const { document, origins } = request;
  const from = document.packages.find(({ files }) => files.includes(path));
  if (from !== undefined) {
    const { version, licence } = from;
    return {
      ...own,
      type: typeOf(path),
      name: basename(path),
      version,
      licence,
      purl: packageUrl(from, document.distribution),
    };
  }
  const origin = origins.find(({ component }) => PLACES[component] === path);
  if (origin === undefined) {
    const ours = path === PLACES.init || path === PLACES.stopwatch;
    const known = ours ? { version: document.bootlap, licence: OUR_LICENCE } : {};
    return { ...own, type: typeOf(path), name: basename(path), ...known };
  }
  const { version, purl, component } = origin;
  const licence = component === 'kernel' ? LINUX_LICENCE : undefined;
  return { ...own, type: typeOf(path), name: component, version, purl, licence };
}

/** Of the stopwatch and of the first program of the VM. */
const OUR_LICENCE = 'Apache-2.0';
/** As the kernel's COPYING has it. */
const LINUX_LICENCE = 'GPL-2.0 WITH Linux-syscall-note';

function typeOf(path: string): Part['type'] {
  if (path === PLACES.firmware || path.startsWith(`${PLACES.data}/`)) {
    return 'firmware';
  }
  if (path === PLACES.kernel) {
    return 'operating-system';
  }
  return path.startsWith(`${PLACES.libraries}/`) || path.startsWith(`${PLACES.modules}/`) ? 'library' : 'application';
}

/** A UUID of version 8 (RFC 9562), which is for numbers that are made in a way of one's own: here from a digest. */
function serialNumber(fingerprint: Digest): string {
  const hex = createHash('sha256').update(`bootlap sbom ${fingerprint}`).digest('hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`];
  return `urn:uuid:${groups.join('-')}-${hex.slice(20, 32)}`;
}
