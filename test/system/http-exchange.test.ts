import { afterEach, expect, test, vi } from 'vitest';
import { exchange } from '../../src/system/http-exchange.js';

afterEach(() => vi.unstubAllEnvs());

test('a proxy that cannot be used is told of without its password', async () => {
  for (const name of ['no_proxy', 'NO_PROXY']) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('http_proxy', 'ftp://me:s3cr3t@proxy.example.org');
  const patience = { connect: 5_000, stall: 5_000, total: 20_000 };
  const end = await exchange({ method: 'GET', url: 'http://cache.example.org/x', headers: {}, patience });
  expect(JSON.stringify(end)).toContain('proxy.example.org');
  expect(JSON.stringify(end)).not.toContain('s3cr3t');
});
