import type {ServerResponse} from 'node:http';
import {EventHub} from './events.ts';
import {Problem} from './problem.ts';
import type {ServedFeature} from './served.ts';
import type {Client} from './tokens.ts';

/** Streams of events at once: of all, and of one token. */
const MOST = 2000;
const MOST_EACH = 1000;

/** Everybody who follows, whichever feature. */
export class Followers {
  readonly #hubs = new Map<string, EventHub>();
  readonly #byClient = new Map<string, number>();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** Whether one more may follow. @throws Problem 503 */
  check(client: string): void {
    if (this.#count < MOST && (this.#byClient.get(client) ?? 0) < MOST_EACH) return;
    throw new Problem(
      503,
      'too-many-followers',
      'too many follow already',
      'end a stream that nobody reads',
      {headers: {'retry-after': '10'}},
    );
  }

  /** Begins to tell; the head of the answer is already written. @param after see `EventHub.follow` */
  add({name, scopes}: Client, feature: ServedFeature, response: ServerResponse, after: number): void {
    this.#step(name, 1);
    response.on('close', () => this.#step(name, -1));
    const hub = this.#hubs.get(feature.name) ?? new EventHub(feature);
    this.#hubs.set(feature.name, hub);
    hub.follow(response, after, scopes.has('operate'));
  }

  /** Ends every stream. */
  close(): void {
    for (const hub of this.#hubs.values()) hub.close();
  }

  #step(client: string, by: 1 | -1): void {
    this.#count += by;
    this.#byClient.set(client, (this.#byClient.get(client) ?? 0) + by);
  }
}
