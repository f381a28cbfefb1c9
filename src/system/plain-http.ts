const THIS_MACHINE = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Why bytes that no digest vouches for are not taken from an address, as the end of a sentence that begins with the
 * address; `undefined` where they are: from https, from a file, and by plain http from a server of this machine.
 */
export function whyUnsafe(address: string): string | undefined {
  if (!URL.canParse(address)) {
    return 'is no address';
  }
  const { protocol, hostname } = new URL(address);
  switch (protocol) {
    case 'https:':
    case 'file:':
      return undefined;
    case 'http:':
      return THIS_MACHINE.includes(hostname)
        ? undefined
        : 'is plain http, where anybody on the way can change the bytes';
    default:
      return 'is no https, http or file address';
  }
}
