import type { BundledPackage, BundleDocument } from './bundle-document.js';

/** Package URLs: https://github.com/package-url/purl-spec */

/** The kind of package that a distribution's are. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ debian: 'deb', ubuntu: 'deb' },
  ...{ fedora: 'rpm', rhel: 'rpm', centos: 'rpm', 'opensuse-leap': 'rpm', 'opensuse-tumbleweed': 'rpm' },
  ...{ arch: 'alpm', alpine: 'apk' },
};

/** A package of a distribution: `pkg:deb/debian/libc6@2.36-9?arch=amd64`. */
export function packageUrl(
  { name, version, architecture }: Pick<BundledPackage, 'name' | 'version' | 'architecture'>,
  { id }: BundleDocument['distribution'],
): string {
  const arch = architecture === undefined ? '' : `?arch=${encode(architecture)}`;
  return `pkg:${KINDS[id] ?? 'deb'}/${encode(id)}/${encode(name)}@${encode(version)}${arch}`;
}

/** A commit of a repository: `pkg:github/intel/nemu@c20c1079...` where that is where it lies. */
export function commitUrl(repository: string, commit: string): string {
  const [, owner, name] = /^https:\/\/github\.com\/([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(repository) ?? [];
  if (owner !== undefined && name !== undefined) {
    return `pkg:github/${encode(owner.toLowerCase())}/${encode(name.toLowerCase())}@${encode(commit)}`;
  }
  const last = /([^/:]+?)(?:\.git)?\/?$/.exec(repository)?.[1] ?? 'source';
  return `pkg:generic/${encode(last)}@${encode(commit)}?vcs_url=${encodeURIComponent(`git+${repository}@${commit}`)}`;
}

/** A file at an address, pinned by its digest. */
export function fileUrl(address: string, sha256: string): string {
  const name = /([^/?#]+)(?:[?#].*)?$/.exec(address)?.[1] ?? 'source';
  return `pkg:generic/${encode(name)}?checksum=sha256:${sha256}&download_url=${encodeURIComponent(address)}`;
}

/** Percent-encodes what purl wants encoded; a colon stays. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}
