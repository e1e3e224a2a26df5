import {setTimeout as pause} from 'node:timers/promises';
import {HttpClient, type TlsFiles} from '../http/client.ts';
import {readSecret, SecretMissing} from '../http/secret.ts';
import type {SecretSource} from '../release/channel.ts';
import {StoreFault} from '../store/fault.ts';

/** A `graydeck serve`, and where the token for it stands. */
export interface ServerAddress {
  /** For example `https://deck.example.com`. Holds no secret. */
  url: string;
  token: SecretSource;
  tls?: TlsFiles;
}

/** An answer that is no fault: 200, or a refusal with its status. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

const ANSWERS_WITHIN_MS = 10_000;
const TRIES = 3;
const AGAIN_MS = 200;
const REFUSALS: ReadonlySet<number> = new Set([404, 409, 422]);

/** Sends requests to a `graydeck serve`. What goes wrong is a `StoreFault`, as with any other store. */
export class ServerConnection {
  readonly url: string;
  readonly #address: ServerAddress;
  readonly #client: HttpClient;

  constructor(address: ServerAddress) {
    this.url = address.url.replace(/\/+$/u, '');
    this.#address = address;
    this.#client = new HttpClient(address.tls);
  }

  /** Asks for a document. @param withinMs longest wait for the answer @throws StoreFault */
  async get(
    path: string,
    query: Query = {},
    signal?: AbortSignal,
    withinMs = ANSWERS_WITHIN_MS,
  ): Promise<Answer> {
    const response = await this.#send(pathOf(path, query), {method: 'GET', signal: within(withinMs, signal)});
    return await answerOf(response);
  }

  /**
   * Posts a command. Without an answer it is sent again with the same key, so that it is carried out once.
   * @throws StoreFault
   */
  async post(path: string, body: object, key: string): Promise<Answer> {
    const headers = {'content-type': 'application/json', 'idempotency-key': key};
    for (let tried = 1; ; tried++) {
      try {
        const init = {method: 'POST', headers, body: JSON.stringify(body), signal: within(ANSWERS_WITHIN_MS)};
        return await answerOf(await this.#send(path, init));
      } catch (error) {
        const isLost = error instanceof StoreFault && error.code === 'store-unreachable';
        if (!isLost || tried >= TRIES) throw error;
        await pause(AGAIN_MS * tried);
      }
    }
  }

  /** Reads an answer line by line, each a JSON document, until it ends or the signal aborts. @throws StoreFault */
  async lines(
    path: string,
    query: Query,
    onLine: (line: Record<string, unknown>) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const response = await this.#send(pathOf(path, query), {
      method: 'GET',
      ...(signal === undefined ? {} : {signal}),
    });
    if (!response.ok) await answerOf(response);
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        const parts = (rest + decoder.decode(chunk, {stream: true})).split('\n');
        rest = parts.pop() ?? '';
        for (const part of parts) if (part !== '') await onLine(JSON.parse(part) as Record<string, unknown>);
      }
    } catch (error) {
      if (signal?.aborted === true) return;
      throw error instanceof StoreFault ? error : this.#unreachable(error);
    }
  }

  async #send(path: string, init: Parameters<HttpClient['fetch']>[1]): Promise<Response> {
    const token = await readSecret(this.#address.token).catch((error: unknown) => {
      if (!(error instanceof SecretMissing)) throw error;
      throw new StoreFault(
        'store-bad-url',
        `the token for ${this.url} is missing: ${error.message}`,
        TOKEN_HINT,
      );
    });
    const headers = {
      ...(init.headers as Record<string, string> | undefined),
      authorization: `Bearer ${token}`,
    };
    try {
      return await this.#client.fetch(this.url + path, {...init, headers});
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #unreachable(error: unknown): StoreFault {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = (cause as NodeJS.ErrnoException).code ?? (cause instanceof Error ? cause.name : 'no answer');
    return new StoreFault(
      'store-unreachable',
      `the server ${this.url} cannot be reached: ${code}`,
      'graydeck serve must run there; with rights on the store: --store URL',
      error,
    );
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

const TOKEN_HINT = 'GRAYDECK_TOKEN, or the file that GRAYDECK_TOKEN_FILE names';

function pathOf(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

function within(ms: number, signal?: AbortSignal): AbortSignal {
  const late = AbortSignal.timeout(ms);
  return signal === undefined ? late : AbortSignal.any([signal, late]);
}

/** @throws StoreFault where the server or its store is at fault, or the token lacks a scope */
async function answerOf(response: Response): Promise<Answer> {
  const body = await response.json().then(
    (read: unknown) => (typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {}),
    (): Record<string, unknown> => ({}),
  );
  const {status} = response;
  if (status === 200 || status === 201 || REFUSALS.has(status)) return {status, body};
  const said = (name: string, otherwise: string): string =>
    typeof body[name] === 'string' ? body[name] : otherwise;
  const message = said('message', `the server answered ${status}`);
  const next = said('next', 'graydeck serve must be at this address');
  if (status === 401)
    throw new StoreFault('store-no-rights', 'the server does not know this token', TOKEN_HINT);
  if (status === 403) throw new StoreFault('store-no-rights', message, next);
  if (status === 503) throw new StoreFault('store-unreachable', `the server answers: ${message}`, next);
  throw new StoreFault('store-refused', message, next);
}
