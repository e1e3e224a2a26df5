import {createHash} from 'node:crypto';
import {readFile, stat} from 'node:fs/promises';
import type {Dispatcher} from 'undici';
import {proxyFor} from './proxy.ts';
import {SecretMissing} from './secret.ts';

/** Files by which both ends of a connection know each other; null: the system's authorities, no certificate of one's own. */
export interface TlsFiles {
  ca: string | null;
  cert: string | null;
  key: string | null;
}

type Tls = {ca?: string; cert?: string; key?: string};
type Init = Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal'>;

const FILE_AT_MOST = 1_000_000;

/**
 * Sends requests, by a proxy where the environment names one. Files of certificates are read again before each request,
 * so a renewed one counts from the next request on. Redirects are not followed.
 */
export class HttpClient {
  readonly #files: TlsFiles;
  #made: {key: string; dispatcher: Dispatcher} | null = null;

  constructor(files: TlsFiles = {ca: null, cert: null, key: null}) {
    this.#files = files;
  }

  /**
   * @throws SecretMissing where a file of a certificate cannot be read
   * @throws BadProxy
   * @throws TypeError where no answer comes, as `fetch` does
   */
  async fetch(url: string, init: Init): Promise<Response> {
    const proxy = proxyFor(new URL(url), process.env);
    const tls = url.startsWith('https:') ? await this.#readTls() : null;
    // Node's own client is there already; the other one costs some tens of milliseconds to load.
    if (proxy === null && tls === null) return await fetch(url, {...init, redirect: 'manual'});
    // The default export: a bundle has no other one of it.
    const {default: undici} = await import('undici');
    const key = createHash('sha256')
      .update(JSON.stringify([proxy?.href ?? null, tls]))
      .digest('hex');
    if (this.#made?.key !== key) {
      const stale = this.#made;
      const dispatcher =
        proxy === null
          ? new undici.Agent({connect: tls ?? {}})
          : // Plain HTTP is asked of the proxy itself: many let no tunnel through to port 80.
            new undici.ProxyAgent({
              uri: proxy.href,
              proxyTunnel: false,
              ...(tls === null ? {} : {requestTls: tls}),
            });
      this.#made = {key, dispatcher};
      void stale?.dispatcher.close().catch(() => undefined);
    }
    const {dispatcher} = this.#made;
    return await undici.fetch(url, {...(init as object), redirect: 'manual', dispatcher});
  }

  async #readTls(): Promise<Tls | null> {
    const {ca, cert, key} = this.#files;
    if (ca === null && cert === null && key === null) return null;
    const found = await Promise.all(
      Object.entries({ca, cert, key}).map(async ([name, path]) =>
        path === null ? [] : ([[name, await readCertificate(path)]] as const),
      ),
    );
    return Object.fromEntries(found.flat());
  }
}

async function readCertificate(path: string): Promise<string> {
  let text = '';
  try {
    const {size} = await stat(path).then(found =>
      found.isFile() ? found : {size: Number.POSITIVE_INFINITY},
    );
    text = size > FILE_AT_MOST ? '' : await readFile(path, 'utf8');
  } catch (error) {
    throw new SecretMissing(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no reason given'})`,
    );
  }
  if (!text.includes('-----BEGIN '))
    throw new SecretMissing(`${path} holds no certificate or key in PEM form`);
  return text;
}

/** What kept a request from its receiver where a proxy stands between; null: no proxy said anything. Holds no password. */
export function refusalOfProxy(error: unknown): string | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at.name === 'BadProxy') return at.message;
    const status = /^Proxy response \((?<status>\d{3})\)/u.exec(at.message)?.groups?.['status'];
    if (status === '407' || at.message.includes('Proxy Authentication Required'))
      return 'the proxy wants a user and a password (407)';
    if (status !== undefined) return `the proxy refuses it (${status})`;
  }
  return null;
}
