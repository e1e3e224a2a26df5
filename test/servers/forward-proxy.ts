import {once} from 'node:events';
import {createServer, request as ask, type IncomingMessage} from 'node:http';
import {createConnection, type AddressInfo, type Socket} from 'node:net';

/** A proxy as a company has one: plain HTTP by the whole address, TLS by a tunnel. */
export interface ForwardProxy extends AsyncDisposable {
  url: string;
  /** What it was asked for, in order: `GET http://…` or `CONNECT host:port`. */
  asked: string[];
  /** What it was shown as the user of the proxy. */
  users: (string | undefined)[];
}

/**
 * @param options.to where every host leads, whatever its name: so that a name that is nowhere proves the proxy
 * @param options.refuse the status by which it refuses a request; undefined: it passes it on
 */
export async function forwardProxy({
  to,
  refuse = () => undefined,
}: {
  to?: number;
  refuse?: (request: IncomingMessage) => number | undefined;
} = {}): Promise<ForwardProxy> {
  const asked: string[] = [];
  const users: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    users.push(request.headers['proxy-authorization']);
    const status = refuse(request);
    if (status !== undefined) return void response.writeHead(status).end('refused by the proxy');
    const url = new URL(request.url ?? '', 'http://nowhere');
    const onward = ask(
      {
        host: '127.0.0.1',
        port: to ?? Number(url.port || 80),
        method: request.method,
        path: url.pathname + url.search,
        headers: request.headers,
      },
      answer => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(`CONNECT ${request.url ?? ''}`);
    users.push(request.headers['proxy-authorization']);
    const status = refuse(request);
    if (status !== undefined) return void client.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
    const port = to ?? Number(/:(?<port>\d+)$/u.exec(request.url ?? '')?.groups?.['port']);
    const onward = createConnection(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        onward.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    users,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
