import type {HttpBindings} from '@hono/node-server';
import type {Context} from 'hono';
import type {ServedFeatures} from './served.ts';
import type {Client} from './tokens.ts';
import type {ServerMetrics} from './metrics.ts';

/** Context of a handler: Node's request and response, and the client. */
export type Env = {Bindings: HttpBindings; Variables: {client: Client}};

export interface AppOptions {
  served: ServedFeatures;
  clients: readonly Client[];
  /** Origins whose pages may send requests, for example `https://app.example.com`. */
  origins: readonly string[];
  /** No writing, not even feedback. */
  isReadOnly: boolean;
  metrics: ServerMetrics;
  /** Receives unexpected errors. Clients get 500 and no details. */
  onFault(error: unknown): void;
  /** Version of this program. */
  version: string;
}

/** The remote address of the connection. */
export function remoteAddressOf({env}: Context<Env>): string {
  return env.incoming.socket.remoteAddress ?? '';
}

export const JSON_TYPE = {'content-type': 'application/json; charset=utf-8'};
