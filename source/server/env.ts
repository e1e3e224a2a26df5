import type {HttpBindings} from '@hono/node-server';
import type {Context} from 'hono';
import type {TrustedProxies} from './client-address.ts';
import type {Evaluation} from './ofrep.ts';
import type {PageSource} from './page/source.ts';
import type {Attempt, Operating, ServedFeatures} from './served.ts';
import type {Client} from './tokens.ts';
import type {ServerMetrics} from './metrics.ts';

/** Context of a handler: Node's request and response, and the client. */
export type Env = {Bindings: HttpBindings; Variables: {client: Client; address: string}};

export interface AppOptions {
  served: ServedFeatures;
  clients: readonly Client[];
  /** Origins whose pages may send requests, for example `https://app.example.com`. */
  origins: readonly string[];
  /** No writing, not even feedback. */
  isReadOnly: boolean;
  metrics: ServerMetrics;
  /** Features that clients may evaluate by OFREP; absent: none, because no token may or the server is read-only. */
  evaluation?: Evaluation | null;
  /** Proxies in front whose `X-Forwarded-For` is believed; absent: none. */
  trusts?: TrustedProxies;
  /** Source of the web component `<graydeck-feedback>`; absent: it is not served. */
  element?: string;
  /** What the page at `/` and links show; absent: there is no page. */
  page?: PageSource;
  /** What commands need; absent: there are none. */
  operating?: Operating;
  /** Receives each attempt to act, allowed or not. */
  onAttempt?(attempt: Attempt): void;
  /** Receives unexpected errors. Clients get 500 and no details. */
  onFault(error: unknown): void;
  /** Version of this program. */
  version: string;
}

/** The address of the client, as far as a trusted proxy reports it. */
export function remoteAddressOf(context: Context<Env>): string {
  return context.get('address');
}

export const JSON_TYPE = {'content-type': 'application/json; charset=utf-8'};
