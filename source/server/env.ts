import type {HttpBindings} from '@hono/node-server';
import type {Context} from 'hono';
import type {TrustedProxies} from './client-address.ts';
import type {Served} from './served.ts';
import type {Client} from './tokens.ts';
import type {ServerMetrics} from './metrics.ts';

/** What a handler finds in its context: Node's own request and answer, and who asks. */
export type Env = {Bindings: HttpBindings; Variables: {client: Client; address: string}};

export interface AppOptions {
  served: Served;
  clients: readonly Client[];
  /** Origins whose pages may ask: `https://app.example.com`. */
  origins: readonly string[];
  /** Nothing may be written, feedback neither. */
  isReadOnly: boolean;
  metrics: ServerMetrics;
  /** Proxies in front, whose word about the client's address is believed; absent: there is none. */
  trusts?: TrustedProxies;
  /** Told of what nobody foresaw, which a client is told nothing of. */
  onFault(error: unknown): void;
  /** Version of this program. */
  version: string;
}

/** The address of the client, as far as a trusted proxy tells it. */
export function addressOf(context: Context<Env>): string {
  return context.get('address');
}

export const JSON_TYPE = {'content-type': 'application/json; charset=utf-8'};
