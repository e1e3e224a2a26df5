import {plainText} from '../../text/plain-text.ts';
import {lackOfAddress} from './address.ts';
import {readAnswer, readPoint, readPoints, readSeries, type Point, type RawSeries} from './answer.ts';
import {fault, type Answer} from './fault.ts';
import {HttpClient, refusalOfProxy, type TlsFiles} from '../../http/client.ts';
import {readSecret, SecretMissing} from '../../http/secret.ts';
import type {SecretSource} from '../../release/channel.ts';

/** How to say who asks. Never shown. */
export type Credentials =
  | {kind: 'bearer'; token: string | SecretSource}
  | {kind: 'basic'; user: string; password: string | SecretSource};

export interface PrometheusClientOptions {
  /**
   * `http://host:9090`, with a path where Prometheus stands behind one. What stands behind `?` is sent with every question.
   * Without user and password.
   */
  url: string;
  credentials?: Credentials | null;
  /** Headers that are sent with every question. Secrets are read again each time. */
  headers?: Readonly<Record<string, string | SecretSource>>;
  /** Certificates, by paths of files that are read again each time. */
  tls?: TlsFiles;
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
  /** Every series of a query with a range, point by point as they were scraped. */
  querySeries(query: string, signal?: AbortSignal): Promise<Answer<RawSeries[]>>;
}

/** @throws TypeError when `url` is no address of HTTP, or asks something of its own (`?query=`) */
export function prometheusClient(options: PrometheusClientOptions): PrometheusClient {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const {mostBytes = MOST_BYTES} = options;
  const base = new URL(options.url);
  if (base.protocol !== 'http:' && base.protocol !== 'https:') throw new TypeError('not an address of HTTP');
  const lack = lackOfAddress(base);
  if (lack !== null) throw new TypeError(lack);
  const http = new HttpClient(options.tls);
  const headersNow = headersOf(base, options);
  const {search} = base;
  Object.assign(base, {username: '', password: '', search: ''});
  const root = base.href.replace(/\/+$/u, '');
  let method: 'POST' | 'GET' = 'POST';

  async function askBy(by: typeof method, path: string, form: URLSearchParams, signal: AbortSignal) {
    const headers = await headersNow();
    const url = `${root}/api/v1/${path}${search}`;
    const response =
      by === 'POST'
        ? await http.fetch(url, {method: by, body: form, headers, signal})
        : await http.fetch(`${url}${search === '' ? '?' : '&'}${form.toString()}`, {headers, signal});
    const body = await readBody(response, mostBytes);
    const {status} = response;
    return {status, answer: body === null ? tooLong(response, mostBytes) : readAnswer(status, body)};
  }

  async function ask(path: string, form: Record<string, string>, stop: AbortSignal | undefined) {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
    const question = new URLSearchParams({...form, timeout: `${timeoutMs}ms`});
    try {
      const first = await askBy(method, path, question, signal);
      if (!isRefusedMethod(first)) return first.answer;
      const other = method === 'POST' ? 'GET' : 'POST'; // A proxy may let only the other method through.
      const second = await askBy(other, path, question, signal);
      if (isRefusedMethod(second)) return first.answer;
      method = other;
      return second.answer;
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
      const [start, end, step] = [from, to, stepMs].map(ms => (ms / 1000).toFixed(3)) as [
        string,
        string,
        string,
      ];
      return readPoints(await ask('query_range', {query, start, end, step}, signal));
    },
    async querySeries(query, signal) {
      return readSeries(await ask('query', {query}, signal));
    },
  };
}

/** Answers by which a proxy, or Prometheus, can mean the method and not the question. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 404, 405, 406, 411, 413, 414, 415, 501]);

/** Whether this may be said of the method. What Prometheus itself says of a query is not. */
function isRefusedMethod({status, answer}: {status: number; answer: Answer<unknown>}): boolean {
  return !answer.ok && answer.fault.code !== 'bad-query' && REFUSALS.has(status);
}

/** Reads what is sent with each question, each time anew. */
function headersOf(
  {username, password}: URL,
  {credentials = null, headers = {}}: Pick<PrometheusClientOptions, 'credentials' | 'headers'>,
): () => Promise<Record<string, string>> {
  const fromUrl: Credentials | null =
    username === '' && password === ''
      ? null
      : {kind: 'basic', user: decodeURIComponent(username), password: decodeURIComponent(password)};
  const given = credentials ?? fromUrl;
  return async () => {
    const entries = await Promise.all(
      Object.entries(headers).map(
        async ([name, value]) => [name.toLowerCase(), await textOf(value)] as const,
      ),
    );
    if (given === null) return Object.fromEntries(entries);
    const authorization =
      given.kind === 'bearer'
        ? `Bearer ${await textOf(given.token)}`
        : `Basic ${Buffer.from(`${given.user}:${await textOf(given.password)}`).toString('base64')}`;
    return {...Object.fromEntries(entries), authorization};
  };
}

async function textOf(value: string | SecretSource): Promise<string> {
  return typeof value === 'string' ? value : await readSecret(value);
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
  if (error instanceof SecretMissing) return fault('unauthorized', plainText(error.message, 200));
  const refused = refusalOfProxy(error);
  if (refused !== null) return fault('unreachable', refused);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return fault('unreachable', 'no connection');
  const code = 'code' in cause && typeof cause.code === 'string' ? plainText(cause.code, 40) : cause.name;
  if (NOT_HTTP.test(code)) return fault('not-prometheus', `what answers there does not speak HTTP (${code})`);
  return fault('unreachable', code === 'Error' ? 'no connection' : `no connection (${code})`);
}
