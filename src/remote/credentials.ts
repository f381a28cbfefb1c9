import { environmentVariable } from '../system/environment.js';
import { netrcLogin, type Login } from '../system/netrc.js';
import type { RegistryCredentials } from './oci/access.js';
import type { OciAddress } from './oci/address.js';

/**
 * Who names an address. To one that a recipe names only what is kept for its host is sent: whoever wrote the recipe
 * could name a host of his own.
 */
export type Namer = 'user' | 'recipe';

/**
 * The value of the header `authorization` for a host: of `BOOTLAP_REMOTE_CACHE_TOKEN`, else of
 * `BOOTLAP_REMOTE_CACHE_USER` and `BOOTLAP_REMOTE_CACHE_PASSWORD`, else of netrc. Never to be shown.
 */
export function authorizationFor(hostname: string, addressOf: Namer): string | undefined {
  const given = addressOf === 'user' ? ofEnvironment() : {};
  const login = given.login ?? (given.token === undefined ? netrcFor(hostname, addressOf) : undefined);
  return login === undefined ? given.token && `Bearer ${given.token}` : basic(login);
}

/**
 * What gets into a registry: of the environment as above, else of the files of container tools, else of netrc. `warn`
 * hears of what is wrong with the files, without their secrets.
 */
export async function registryCredentials(
  { registry, hostname, repository }: OciAddress,
  addressOf: Namer,
  warn: (text: string) => void,
): Promise<RegistryCredentials> {
  const given = addressOf === 'user' ? ofEnvironment() : {};
  if (given.token !== undefined || given.login !== undefined) {
    return given;
  }
  const { dockerLogin } = await import('../system/docker-config.js');
  const { found, troubles } = await dockerLogin(registry, repository);
  troubles.forEach(warn);
  const login = netrcFor(hostname, addressOf);
  return found ?? (login === undefined ? {} : { login });
}

function ofEnvironment(): { readonly token?: string; readonly login?: Login } {
  const token = environmentVariable('BOOTLAP_REMOTE_CACHE_TOKEN') ?? '';
  const user = environmentVariable('BOOTLAP_REMOTE_CACHE_USER') ?? '';
  const password = environmentVariable('BOOTLAP_REMOTE_CACHE_PASSWORD') ?? '';
  if (token !== '') {
    return { token };
  }
  return user === '' ? {} : { login: { user, password } };
}

function netrcFor(hostname: string, addressOf: Namer): Login | undefined {
  return netrcLogin(hostname, addressOf === 'user' ? 'all' : 'named');
}

function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
