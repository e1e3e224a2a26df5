import type {HttpBindings} from '@hono/node-server';
import type {Context} from 'hono';
import type {PageSource} from './page/source.ts';
import type {Served} from './served.ts';
import type {Client} from './tokens.ts';
import type {ServerMetrics} from './metrics.ts';

/** What a handler finds in its context: Node's own request and answer, and who asks. */
export type Env = {Bindings: HttpBindings; Variables: {client: Client}};

export interface AppOptions {
  served: Served;
  clients: readonly Client[];
  /** Origins whose pages may ask: `https://app.example.com`. */
  origins: readonly string[];
  /** Nothing may be written, feedback neither. */
  isReadOnly: boolean;
  metrics: ServerMetrics;
  /** What the page at `/` and links show; absent: there is no page. */
  page?: PageSource;
  /** Told of what nobody foresaw, which a client is told nothing of. */
  onFault(error: unknown): void;
  /** Version of this program. */
  version: string;
}

/** The address at the other end of the connection. */
export function addressOf({env}: Context<Env>): string {
  return env.incoming.socket.remoteAddress ?? '';
}

export const JSON_TYPE = {'content-type': 'application/json; charset=utf-8'};
