import { failed, success, type Result } from '../../core/result.js';
import { whyUnsafe } from '../../system/plain-http.js';

/** A repository in an OCI registry. */
export interface OciAddress {
  /** As its user spells it: `ghcr.io`, `localhost:5000`. Logins are kept under this name. */
  readonly registry: string;
  /** The registry's name without the port. */
  readonly hostname: string;
  /** Where the registry is spoken to, `https://ghcr.io`, without a slash at its end. */
  readonly base: string;
  /** `team/bootlap`. */
  readonly repository: string;
  /** Whether plain http to another machine is asked for. */
  readonly isInsecure: boolean;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const MOST_CHARACTERS = 255;

/**
 * Takes `oci://host[:port]/repository` apart. A registry of this machine is spoken to by plain http, as all its clients
 * do it; another one by https, or by plain http where `isInsecure` asks for that. Fails with what is wrong.
 */
export function ociAddress(url: URL, isInsecure: boolean): Result<OciAddress, string> {
  const repository = url.pathname.replace(/^\/+|\/+$/g, '');
  if (url.hostname === '' || repository === '') {
    return failed('names no repository: oci://host/repository');
  }
  if (!REPOSITORY.test(repository) || repository.length > MOST_CHARACTERS) {
    return failed('names no repository: lower-case letters and digits, ".", "_", "-" and "/", without a tag');
  }
  const registry = url.host.toLowerCase();
  const isHere = whyUnsafe(`http://${registry}`) === undefined;
  // Docker's own registry answers under another name than it has in everybody's files.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const { origin: base } = new URL(`${isHere || isInsecure ? 'http' : 'https'}://${host}`);
  return success({ registry, hostname: url.hostname.toLowerCase(), base, repository, isInsecure });
}

/**
 * Whether a request may go on to an address that a registry names (of a token, of an upload, of a blob's bytes): by
 * https anywhere, by plain http only from a registry that is spoken to so.
 */
export function mayGoTo(address: string, { base, isInsecure }: OciAddress): boolean {
  if (!URL.canParse(address)) {
    return false;
  }
  const { protocol, username, password } = new URL(address);
  const isPlainFit = base.startsWith('http:') && (isInsecure || whyUnsafe(address) === undefined);
  return username + password === '' && (protocol === 'https:' || (protocol === 'http:' && isPlainFit));
}
