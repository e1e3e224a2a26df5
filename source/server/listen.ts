import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {createAdaptorServer} from '@hono/node-server';
import {boundConnections} from './connections.ts';

/** What is listened on: a name or number of this host, and a port; 0: any that is free. */
export interface Address {
  host: string;
  port: number;
}

/** A client that takes longer to say what it wants is cut off, milliseconds. */
const HEADERS_MS = 5000;
const REQUEST_MS = 10_000;
const IDLE_MS = 5000;
const MOST_HEADER_BYTES = 16 * 1024;
const MOST_CONNECTIONS = 4000;
const CLOSES_WITHIN_MS = 1000;

/** A server that listens. */
export interface Listening {
  /** `http://127.0.0.1:8080`. */
  url: string;
  /** Takes nobody in any more, and ends what goes on. */
  close(): Promise<void>;
}

/** Begins to listen. Of more than `mostConnections` the one silent longest gives way. @throws what the operating system says */
export async function listen(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  {host, port}: Address,
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
