import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {createAdaptorServer} from '@hono/node-server';
import {boundConnections} from './connections.ts';

/** Host name or address to listen on, and port; 0 for any free port. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** Time limits for a client's request, milliseconds. */
const HEADERS_MS = 5000;
const REQUEST_MS = 10_000;
const IDLE_MS = 5000;
const MOST_HEADER_BYTES = 16 * 1024;
const MOST_CONNECTIONS = 4000;
const CLOSES_WITHIN_MS = 1000;

/** A listening server. */
export interface Listening {
  /** For example `http://127.0.0.1:8080`. */
  url: string;
  /** Accepts no more connections and ends the open ones, after at most 1 s. */
  close(): Promise<void>;
}

/** Begins to listen. Above `mostConnections`, the connection that was silent longest is closed. @throws the error of the operating system */
export async function listenHttp(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  {host, port}: ListenAddress,
  {mostConnections = MOST_CONNECTIONS}: {mostConnections?: number} = {},
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch,
    overrideGlobalObjects: false,
    createServer,
    serverOptions: {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
      connectionsCheckingInterval: 1000,
    },
  }) as Server;
  boundConnections(server, mostConnections);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const {port: bound} = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), CLOSES_WITHIN_MS);
      await closed;
      clearTimeout(late);
    },
  };
}
