import type {ServerResponse} from 'node:http';
import {EventHub} from './events.ts';
import {HttpProblem} from './problem.ts';
import type {ServedFeature} from './served.ts';
import type {Client} from './tokens.ts';

/** Most event streams at a time: in all, and for one token. */
const MOST = 2000;
const MOST_EACH = 1000;

/** The event streams of all features. */
export class Followers {
  readonly #hubs = new Map<string, EventHub>();
  readonly #byClient = new Map<string, number>();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** Refuses one more stream above the limits. @throws HttpProblem 503 */
  check(client: string): void {
    if (this.#count < MOST && (this.#byClient.get(client) ?? 0) < MOST_EACH) return;
    throw new HttpProblem(
      503,
      'too-many-followers',
      `${MOST} streams are open in all, or ${MOST_EACH} with this token, which is the limit`,
      'end a stream that is no longer read',
      {headers: {'retry-after': '10'}},
    );
  }

  /** Begins to send. The head of the answer is written already. @param after see `EventHub.follow` */
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
