import {plainText} from '../../analysis/plain-text.ts';
import {readAnswer, readPoint, readPoints, type Point} from './answer.ts';
import {fault, type Answer} from './fault.ts';

/** How to say who asks. Never shown. */
export type Credentials = {kind: 'bearer'; token: string} | {kind: 'basic'; user: string; password: string};

export interface PrometheusClientOptions {
  /** `http://host:9090`, with a path where Prometheus stands behind one; without user and password. */
  url: string;
  credentials?: Credentials | null;
  /** Milliseconds until an answer is given up. */
  timeoutMs?: number | null;
  /** Longest answer that is read, in bytes. */
  mostBytes?: number;
}

const TIMEOUT_MS = 3000;
const MOST_BYTES = 2_000_000;

/** Asks Prometheus over HTTP. Never rejects: what goes wrong is an answer, too. */
export interface PrometheusClient {
  /** Where it asks, fit to be shown. */
  readonly label: string;
  /** The one number a query gives now, by Prometheus' own clock. */
  query(query: string, signal?: AbortSignal): Promise<Answer<Point>>;
  /** The one series a query gives over a time, oldest first. Moments in milliseconds since 1970, Prometheus' clock. */
  queryRange(
    query: string,
    range: {from: number; to: number; stepMs: number},
    signal?: AbortSignal,
  ): Promise<Answer<Point[]>>;
}

/** @throws TypeError when `url` is no address of HTTP */
export function prometheusClient(options: PrometheusClientOptions): PrometheusClient {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const {mostBytes = MOST_BYTES} = options;
  const base = new URL(options.url);
  if (base.protocol !== 'http:' && base.protocol !== 'https:') throw new TypeError('not an address of HTTP');
  const headers = headersOf(base, options.credentials ?? null);
  base.username = '';
  base.password = '';
  base.search = '';
  base.hash = '';
  const root = base.href.replace(/\/+$/u, '');

  async function ask(path: string, form: Record<string, string>, stop: AbortSignal | undefined) {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${root}/api/v1/${path}`, {
        method: 'POST',
        body: new URLSearchParams({...form, timeout: `${timeoutMs}ms`}),
        headers,
        // An answer from elsewhere is not what was asked for, and must not be shown the password.
        redirect: 'manual',
        signal: stop === undefined ? timeout : AbortSignal.any([timeout, stop]),
      });
      const body = await readBody(response, mostBytes);
      if (body === null) return tooLong(response, mostBytes);
      return readAnswer(response.status, body);
    } catch (error) {
      if (timeout.aborted) return fault('timeout', `no answer within ${timeoutMs / 1000} s`);
      return faultOf(error);
    }
  }

  return {
    label: plainText(root, 120),
    async query(query, signal) {
      return readPoint(await ask('query', {query}, signal));
    },
    async queryRange(query, {from, to, stepMs}, signal) {
      const form = {
        query,
        start: (from / 1000).toFixed(3),
        end: (to / 1000).toFixed(3),
        step: (stepMs / 1000).toFixed(3),
      };
      return readPoints(await ask('query_range', form, signal));
    },
  };
}

function headersOf({username, password}: URL, credentials: Credentials | null): Record<string, string> {
  const fromUrl: Credentials | null =
    username === '' && password === ''
      ? null
      : {kind: 'basic', user: decodeURIComponent(username), password: decodeURIComponent(password)};
  const given = credentials ?? fromUrl;
  if (given === null) return {};
  if (given.kind === 'bearer') return {authorization: `Bearer ${given.token}`};
  const pair = Buffer.from(`${given.user}:${given.password}`).toString('base64');
  return {authorization: `Basic ${pair}`};
}

/** Null when it is longer than allowed. */
async function readBody({body}: Response, mostBytes: number): Promise<string | null> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLong({headers, status}: Response, mostBytes: number): Answer<never> {
  const size = `${Math.round(mostBytes / 1000)} kB`;
  const isJson = headers.get('content-type')?.includes('json') === true;
  if (isJson && status === 200)
    return fault('several', `the query gives more than ${size}: one series is wanted`);
  return fault('not-prometheus', `it answers ${status} with more than ${size}`);
}

/** Codes of what speaks, but not HTTP; of an answer that cannot be read, some versions of Node tell only the name. */
const NOT_HTTP = /^(?:HTTPParserError|HPE_|UND_ERR_(?:RES|HEADERS_OVERFLOW)|ERR_SSL_WRONG_VERSION)/u;

/** Of an error only the code is told: its text may hold the address with the password. */
function faultOf(error: unknown): Answer<never> {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return fault('unreachable', 'no connection');
  const code = 'code' in cause && typeof cause.code === 'string' ? plainText(cause.code, 40) : cause.name;
  if (NOT_HTTP.test(code)) return fault('not-prometheus', `what answers there does not speak HTTP (${code})`);
  return fault('unreachable', code === 'Error' ? 'no connection' : `no connection (${code})`);
}
