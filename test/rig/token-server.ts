import { execFileSync } from 'node:child_process';
import { randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A server that gives tokens for a real registry to whoever knows the password, and pull tokens to everybody. */
export interface TokenServer {
  /** What the registry is told of it. */
  readonly realm: string;
  readonly certificate: string;
  readonly user: string;
  readonly password: string;
  /** What was asked for, and by whom. */
  readonly seen: { readonly scope: string; readonly user: string | undefined }[];
  close(): Promise<void>;
}

const [user, password] = ['team', 'hush-9b02'];

/** Starts one; its key and certificate are made in the folder. */
export async function startTokenServer(folder: string): Promise<TokenServer> {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=tokens'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const seen: { scope: string; user: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const scope = new URL(request.url ?? '/', 'http://tokens').searchParams.get('scope') ?? '';
    const who = userOf(request);
    seen.push({ scope, user: who });
    if (who === 'somebody else') {
      response.writeHead(401).end();
      return;
    }
    const token = tokenFor(scope, who, { key, certificate });
    response.end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    certificate,
    user,
    password,
    seen,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function userOf({ headers }: IncomingMessage): string | undefined {
  if (headers.authorization === undefined) {
    return undefined;
  }
  const told = Buffer.from(headers.authorization.replace(/^Basic /, ''), 'base64').toString();
  return told === `${user}:${password}` ? user : 'somebody else';
}

/** A JSON web token (ES256) as https://distribution.github.io/distribution/spec/auth/jwt/ has it. */
function tokenFor(scope: string, who: string | undefined, files: { key: string; certificate: string }): string {
  const [type = '', name = '', wanted = ''] = scope.split(':');
  const actions = wanted.split(',').filter((action) => who !== undefined || action === 'pull');
  const now = Math.floor(Date.now() / 1000);
  const chain = readFileSync(files.certificate, 'utf8').replace(/-----[A-Z ]+-----|\s/g, '');
  const header = { typ: 'JWT', alg: 'ES256', x5c: [chain] };
  const claims = {
    iss: 'a test',
    sub: who ?? '',
    aud: 'the registry',
    exp: now + 300,
    nbf: now - 60,
    iat: now,
    jti: randomBytes(8).toString('hex'),
    access: [{ type, name, actions }],
  };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), {
    key: readFileSync(files.key, 'utf8'),
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${signature.toString('base64url')}`;
}
