import { environmentVariable } from '../system/environment.js';
import { netrcLogin } from '../system/netrc.js';

/**
 * The value of the header `authorization` for a host: of `BOOTLAP_REMOTE_CACHE_TOKEN`, else of
 * `BOOTLAP_REMOTE_CACHE_USER` and `BOOTLAP_REMOTE_CACHE_PASSWORD`, else of netrc. Never to be shown.
 */
export function authorizationFor(hostname: string): string | undefined {
  const token = environmentVariable('BOOTLAP_REMOTE_CACHE_TOKEN') ?? '';
  if (token !== '') {
    return `Bearer ${token}`;
  }
  const user = environmentVariable('BOOTLAP_REMOTE_CACHE_USER') ?? '';
  const password = environmentVariable('BOOTLAP_REMOTE_CACHE_PASSWORD') ?? '';
  const login = user === '' ? netrcLogin(hostname) : { user, password };
  return login === undefined ? undefined : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
}
