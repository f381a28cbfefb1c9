import { createServer, request as plainRequest } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A real proxy on this machine that brings everything to one server, whatever host is asked for. */
export interface ProxyRig {
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  /** `GET http://host/path` and `CONNECT host:port`, in order. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

/** Starts one on a free port. `port`: of the server behind it. */
export async function startProxyRig(port: number): Promise<ProxyRig> {
  const seen: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push(`${method} ${url}`);
    const onward = plainRequest({ host: '127.0.0.1', port, method, path: new URL(url).pathname, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end();
  });
  server.on('connect', ({ method = '', url = '' }, client: Socket, head) => {
    seen.push(`${method} ${url}`);
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
    open.add(client).add(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close() {
      open.forEach((socket) => socket.destroy());
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
