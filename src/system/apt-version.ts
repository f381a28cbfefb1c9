/** The upstream part of a Debian version: `1:7.2+dfsg-7+deb12u18` -> `7.2`, `6.1.192-2` -> `6.1.192`. */
export function upstreamVersion(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~](dfsg|ds|repack|really).*$/, '');
}
