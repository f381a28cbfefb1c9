import { environmentVariable } from '../system/environment.js';
import { netrcLogin, type Login } from '../system/netrc.js';

/**
 * The value of the header `authorization` for a host: of `BOOTLAP_REMOTE_CACHE_TOKEN`, else of
 * `BOOTLAP_REMOTE_CACHE_USER` and `BOOTLAP_REMOTE_CACHE_PASSWORD`, else of netrc. Only of netrc, which names its hosts,
 * where a recipe names the address: whoever wrote it could name his own. Never to be shown.
 */
export function authorizationFor(hostname: string, addressOf: 'user' | 'recipe'): string | undefined {
  const given = addressOf === 'user' ? ofEnvironment() : undefined;
  const login = given === undefined ? netrcLogin(hostname) : undefined;
  return login === undefined ? given : basic(login);
}

function ofEnvironment(): string | undefined {
  const token = environmentVariable('BOOTLAP_REMOTE_CACHE_TOKEN') ?? '';
  const user = environmentVariable('BOOTLAP_REMOTE_CACHE_USER') ?? '';
  const password = environmentVariable('BOOTLAP_REMOTE_CACHE_PASSWORD') ?? '';
  if (token !== '') {
    return `Bearer ${token}`;
  }
  return user === '' ? undefined : basic({ user, password });
}

function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
