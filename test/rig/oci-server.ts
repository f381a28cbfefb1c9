import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived, and what it brought. */
export interface OciRequest {
  readonly method: string;
  /** With what follows `?`. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** An answer. */
export interface OciReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** What kind of registry it is. */
export interface OciManner {
  /** Lists the referrers of a manifest itself. */
  readonly listsReferrers?: boolean;
  /** Refuses to write a tag anew where the writer has seen another state of it. */
  readonly minds?: boolean;
  /** Where uploads are sent to; `<base>/up/<number>?state=a%2Bb` without it. */
  readonly uploads?: (base: string) => string;
}

/** A registry of ours on this machine, which can be told to be of any kind, and to misbehave. */
export interface OciServer {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  /** By digest and by tag. */
  readonly manifests: Map<string, string>;
  readonly seen: OciRequest[];
  /** Comes before the registry's own answer, if it has one. */
  intercept: (request: OciRequest) => OciReply | undefined | Promise<OciReply | undefined>;
  /** Has a way with every answer; `drop` ends the connection instead. */
  spoil: (request: OciRequest, reply: OciReply) => OciReply | 'drop';
  close(): Promise<void>;
}

/** Starts one. */
export async function startOciServer(manner: OciManner = {}): Promise<OciServer> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, string>();
  const seen: OciRequest[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rig: OciServer = {
    host,
    blobs,
    manifests,
    seen,
    intercept: () => undefined,
    spoil: (_, reply) => reply,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const { method = '', url: path = '', headers } = request;
    const asked = { method, path, authorization: headers.authorization, body };
    seen.push(asked);
    const own = (): OciReply => answer(asked, headers, { host, blobs, manifests, manner });
    const reply = rig.spoil(asked, (await rig.intercept(asked)) ?? own());
    if (reply === 'drop') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status, reply.headers).end(method === 'HEAD' ? undefined : reply.body);
  }
  return rig;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

interface World {
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, string>;
  readonly manner: OciManner;
}

const MISSING: OciReply = { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };

function answer({ method, path, body }: OciRequest, headers: IncomingMessage['headers'], world: World): OciReply {
  const { blobs, manifests, manner, host } = world;
  const [plain = '', query = ''] = path.split('?');
  const digest = new URLSearchParams(query).get('digest');
  const [, shelf, name = ''] = /^\/v2\/[a-z/]+?\/(blobs|manifests|referrers)\/(.*)$/.exec(plain) ?? [];
  if (method === 'POST' && name === 'uploads/') {
    const location = manner.uploads?.(`http://${host}`) ?? `/up/1?state=a%2Bb`;
    return { status: 202, headers: { location } };
  }
  if (method === 'PUT' && digest !== null) {
    return digest === sha256(body) && !path.includes('a+b')
      ? (blobs.set(digest, body), { status: 201 })
      : { status: 400 };
  }
  if (method === 'PUT') {
    return putManifest(name, { text: body.toString(), headers }, world);
  }
  if (shelf === 'referrers') {
    return manner.listsReferrers === true
      ? { status: 200, body: referrers(name, manifests) }
      : { status: 404, body: '404 page not found' };
  }
  const found = shelf === 'blobs' ? blobs.get(name) : manifests.get(name);
  return found === undefined ? MISSING : { status: 200, headers: { etag: `"${sha256(found)}"` }, body: found };
}

interface Put {
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

function putManifest(name: string, { text, headers }: Put, { manifests, blobs, manner }: World): OciReply {
  const now = manifests.get(name);
  const match = headers['if-match'];
  const isChanged =
    match !== undefined
      ? now === undefined || match !== `"${sha256(now)}"`
      : headers['if-none-match'] === '*' && now !== undefined;
  if (manner.minds === true && isChanged) {
    return { status: 412 };
  }
  const manifest = JSON.parse(text) as {
    layers?: { digest: string }[];
    config?: { digest: string };
    subject?: { digest: string };
  };
  const needs = [...(manifest.layers ?? []), ...(manifest.config === undefined ? [] : [manifest.config])];
  if (!needs.every(({ digest }) => blobs.has(digest))) {
    return { status: 400, body: '{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}' };
  }
  manifests.set(name, text);
  manifests.set(sha256(text), text);
  const subject = manner.listsReferrers === true ? manifest.subject?.digest : undefined;
  return { status: 201, headers: subject === undefined ? {} : { 'oci-subject': subject } };
}

function referrers(digest: string, manifests: Map<string, string>): string {
  const entries = new Map<string, unknown>();
  for (const text of manifests.values()) {
    const { mediaType, artifactType, annotations, subject } = JSON.parse(text) as Record<string, unknown> & {
      subject?: { digest: string };
    };
    if (subject?.digest === digest) {
      entries.set(sha256(text), {
        mediaType,
        artifactType,
        annotations,
        digest: sha256(text),
        size: Buffer.byteLength(text),
      });
    }
  }
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [...entries.values()],
  });
}

function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
