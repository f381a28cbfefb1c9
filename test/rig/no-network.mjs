// Loaded into a process by NODE_OPTIONS=--import: a machine without a name server. Only addresses in digits are reached.
import dns from 'node:dns';

dns.lookup = (host, ...rest) => {
  const answer = rest.at(-1);
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname: host,
  });
  process.nextTick(() => answer(error));
};
