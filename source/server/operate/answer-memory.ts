import {hash} from 'node:crypto';
import {HttpProblem} from '../problem.ts';

/** An answer as it was sent. */
export interface SentAnswer {
  status: 200 | 202 | 409 | 422;
  body: object;
}

/** Most answers that are remembered: in all, and of one token. */
const MOST = 5000;
const MOST_EACH = 500;
/** An answer is remembered at least so long unless others push it out, milliseconds. */
const KEPT_MS = 24 * 3_600_000;

interface Remembered {
  request: string;
  at: number;
  answer: Promise<SentAnswer>;
}

/**
 * Remembers answers by token and idempotency key. A repeated key gets the first answer, also while the first request is
 * under way, and the command is carried out once. Memory is bounded: the oldest answer is forgotten.
 */
export class AnswerMemory {
  readonly #known = new Map<string, Map<string, Remembered>>();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /**
   * Returns the answer to a key, or makes it. A fault is not remembered, so the caller may send the request again.
   * @param request all that makes the request what it is, for example path and body
   * @param now monotonic clock, milliseconds
   * @throws HttpProblem 422 where the key came with another request
   */
  async once(
    {client, key, request, now}: {client: string; key: string; request: string; now: number},
    make: () => Promise<SentAnswer>,
  ): Promise<SentAnswer> {
    const digest = hash('sha256', request, 'base64');
    const known = this.#known.get(client)?.get(key);
    if (known !== undefined && now - known.at <= KEPT_MS) {
      if (known.request === digest) return await known.answer;
      throw new HttpProblem(
        422,
        'key-reused',
        'this Idempotency-Key came with another request before',
        'a new key for each request',
      );
    }
    const answer = make();
    this.#keep(client, key, {request: digest, at: now, answer});
    try {
      return await answer;
    } catch (error) {
      this.#forget(client, key);
      throw error;
    }
  }

  #keep(client: string, key: string, remembered: Remembered): void {
    this.#forget(client, key);
    const own = this.#known.get(client) ?? new Map<string, Remembered>();
    own.set(key, remembered);
    // The client that asked last stands last.
    this.#known.delete(client);
    this.#known.set(client, own);
    this.#count++;
    if (own.size > MOST_EACH) this.#forgetOldest(client, own);
    if (this.#count <= MOST) return;
    for (const [name, answers] of this.#known) return this.#forgetOldest(name, answers);
  }

  #forgetOldest(client: string, own: ReadonlyMap<string, Remembered>): void {
    const [oldest] = own.keys();
    if (oldest !== undefined) this.#forget(client, oldest);
  }

  #forget(client: string, key: string): void {
    const own = this.#known.get(client);
    if (own?.delete(key) !== true) return;
    this.#count--;
    if (own.size === 0) this.#known.delete(client);
  }
}
