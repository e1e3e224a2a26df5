import {createHash} from 'node:crypto';
import type {ServerResponse} from 'node:http';
import type {Evaluation} from './ofrep.ts';
import {HttpProblem} from './problem.ts';
import {clientOfSigned, signedName, type Client} from './tokens.ts';

const DAY_MS = 86_400_000;
/** Milliseconds between two comments that keep the connection open through a proxy. */
const BEAT_MS = 15_000;
/** Most streams at a time. */
const MOST = 2000;
/** Bytes that wait for a client. One that reads nothing is disconnected. */
const MOST_WAITING = 16_384;
const PURPOSE = 'ofrep-events';

const KNOWN = new WeakMap<Client, {until: number; path: string}>();

/** The path of the stream for a client. A browser cannot send a token with it, so it holds the client's signed name; good for a day or two. */
export function streamPath(client: Client, now: number): string {
  const until = (Math.floor(now / DAY_MS) + 2) * DAY_MS;
  const known = KNOWN.get(client);
  if (known?.until === until) return known.path;
  const path = `/ofrep/v1/events?ticket=${encodeURIComponent(signedName(client, PURPOSE, until))}`;
  KNOWN.set(client, {until, path});
  return path;
}

/** The client of a ticket. @throws HttpProblem 401 */
export function clientOfTicket(clients: readonly Client[], ticket: string | undefined, now: number): Client {
  const client = clientOfSigned(clients, PURPOSE, ticket ?? '', now);
  if (client !== null) return client;
  const next = 'take the address from eventStreams of a bulk evaluation';
  throw new HttpProblem(401, 'no-ticket', 'this stream needs a ticket', next);
}

/**
 * Tells clients that decisions may have changed, as server-sent events; what has changed they ask themselves. The id of an event
 * names the splits of all features, so that a client that reconnects is told only if it missed a change.
 */
export class OfrepStreams {
  readonly #evaluation: Evaluation;
  readonly #open = new Set<ServerResponse>();
  readonly #stop: () => void;
  readonly #beat: NodeJS.Timeout;

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation;
    this.#stop = evaluation.watch(() => {
      const text = this.#event();
      for (const response of this.#open) this.#send(response, text);
    });
    this.#beat = setInterval(() => {
      for (const response of this.#open) this.#send(response, ': alive\n\n');
    }, BEAT_MS);
    this.#beat.unref();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Refuses one more stream above the limit. @throws HttpProblem 503 */
  check(): void {
    if (this.#open.size < MOST) return;
    throw new HttpProblem(
      503,
      'too-many-followers',
      `${MOST} streams are open, which is the limit`,
      'poll instead',
      {headers: {'retry-after': '10'}},
    );
  }

  /** Begins to send. The head of the answer is written already. @param lastId the newest event that the client knows */
  add(response: ServerResponse, lastId: string | undefined): void {
    this.#open.add(response);
    const leave = () => this.#open.delete(response);
    response.on('close', leave);
    response.on('error', leave);
    // A client that connects for the first time may have missed a change since its evaluation.
    const text = lastId === this.#state() ? ': up to date\n\n' : this.#event();
    this.#send(response, `retry: 2000\n\n${text}`);
  }

  close(): void {
    this.#stop();
    clearInterval(this.#beat);
    for (const response of this.#open) response.end();
    this.#open.clear();
  }

  #send(response: ServerResponse, text: string): void {
    if (response.writableLength > MOST_WAITING) response.destroy();
    else response.write(text);
  }

  #event(): string {
    return `id: ${this.#state()}\nevent: message\ndata: {"type":"refetchEvaluation"}\n\n`;
  }

  #state(): string {
    const names = this.#evaluation.names().toSorted();
    const versions = names.map(name => `${name} ${this.#evaluation.get(name)?.since() ?? 0}`);
    return createHash('sha256').update(versions.join('\n')).digest('hex').slice(0, 16);
  }
}
