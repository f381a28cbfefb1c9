import type { Usage } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import { whyUnsafe } from '../system/plain-http.js';
import { authorizationFor, registryCredentials, type Namer } from './credentials.js';
import { httpStore } from './http-store.js';
import type { RegistryCredentials } from './oci/access.js';
import { ociAddress } from './oci/address.js';
import { ociStore } from './oci/store.js';
import type { RemoteStore } from './store.js';

/** Opens a store; `warn` hears of what is not as it should be on this side. */
export type Opening = (warn: (text: string) => void) => RemoteStore;

/** Where a store is, as a user or a recipe names it. */
export interface StoreWish {
  readonly url: string;
  /** Who names the address: credentials of the environment are not sent to one that a recipe names. */
  readonly addressOf: Namer;
  /** True: plain http goes to other machines, too. */
  readonly isInsecure: boolean;
}

/** The store at an address; nothing is asked of it yet. Fails with `usage`, and no message holds a credential. */
export function storeAt({ url, isInsecure, addressOf }: StoreWish): Result<Opening, Usage> {
  if (!URL.canParse(url)) {
    return usage(
      'the address of the shared cache is none',
      'for example --remote-cache https://cache.example.org/bootlap or oci://registry.example.org/team/bootlap',
    );
  }
  const parsed = new URL(url);
  const { protocol, username, password, search, hash } = parsed;
  if (username + password + search + hash !== '') {
    return usage(
      'the address of the shared cache must not hold a user, a password, or anything after "?" or "#"',
      'credentials belong into ~/.netrc or into BOOTLAP_REMOTE_CACHE_USER and BOOTLAP_REMOTE_CACHE_PASSWORD',
    );
  }
  switch (protocol) {
    case 'https:':
    case 'http:':
      return httpOpening(parsed, { isInsecure, addressOf });
    case 'oci:':
      return ociOpening(parsed, { isInsecure, addressOf });
    default:
      return usage(
        `the shared cache is at no https:// address but at ${protocol}//`,
        'give an https:// or oci:// address',
      );
  }
}

type Manners = Omit<StoreWish, 'url'>;

function httpOpening({ origin, hostname, pathname }: URL, { isInsecure, addressOf }: Manners): Result<Opening, Usage> {
  const address = `${origin}${pathname}`.replace(/\/+$/, '');
  const unsafe = isInsecure ? undefined : whyUnsafe(address);
  return unsafe === undefined
    ? success(() => httpStore({ url: address, authorization: authorizationFor(hostname, addressOf) }))
    : usage(
        `the shared cache ${address} ${unsafe}`,
        'use https://, or add --remote-cache-insecure in a network of your own',
      );
}

function ociOpening(url: URL, { isInsecure, addressOf }: Manners): Result<Opening, Usage> {
  const address = ociAddress(url, isInsecure);
  return address.ok
    ? success((warn) => {
        const credentials = (): Promise<RegistryCredentials> => registryCredentials(address.value, addressOf, warn);
        return ociStore({ address: address.value, credentials });
      })
    : usage(
        `the address of the shared cache ${address.failure}`,
        'for example --remote-cache oci://registry.example.org/team/bootlap',
      );
}

function usage(message: string, hint: string): Result<never, Usage> {
  return failed({ reason: 'usage', message, hint });
}
