/** `user:password@` in an address: the scheme before it, and the user's name. The password goes up to the last `@`. */
const PASSWORD = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/?#@:]*):[^/?#]*@/;
/** The same without a password, too. */
const LOGIN = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/?#]*@/;

/** Whether an address has a password in it. */
export function hasPassword(address: string): boolean {
  return PASSWORD.test(address);
}

/** The address as it may be shown and written down: `https://user:...@host/path`. */
export function withoutPassword(address: string): string {
  return address.replace(PASSWORD, '$1$2:...@');
}

/** The address without anything of a login, as it may be passed on: `https://host/path`. */
export function withoutLogin(address: string): string {
  return address.replace(LOGIN, '$1');
}
