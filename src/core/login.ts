/** `user:password@` in an address: the scheme before it, the user's name, the password. */
const LOGIN = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/@:]*):([^/@]*)@/;

/** Whether an address has a password in it. */
export function hasPassword(address: string): boolean {
  return LOGIN.test(address);
}

/** The address as it may be shown and written down: `https://user:...@host/path`. */
export function withoutPassword(address: string): string {
  return address.replace(LOGIN, '$1$2:...@');
}
