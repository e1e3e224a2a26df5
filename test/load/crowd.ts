/**
 * People who use a service over HTTP: a few come often and most come seldom, a visit lasts minutes, a request that failed
 * is tried again. Some clients ask for one thing that always fails, again and again.
 */
import {Agent, get} from 'node:http';
import {seeded} from '../../source/demo/behaviour.ts';
import {FAILING_PATH} from './rule.ts';

/** Exponents of Pareto's law: how often a person comes, and how many requests a visit has. */
const ACTIVITY = 1.2;
const LENGTH = 1.3;
const FEWEST_REQUESTS = 3;
const MOST_REQUESTS = 200;
/** Mean of requests in a visit with these limits. */
const MEAN_REQUESTS =
  (LENGTH * FEWEST_REQUESTS * (1 - (FEWEST_REQUESTS / MOST_REQUESTS) ** (LENGTH - 1))) / (LENGTH - 1);
/** Mean time between an answer and the next request of a visit, milliseconds. */
const THINKS_MS = 4000;
/** Requests a second, so many times, are people who know the service. */
const PEOPLE = 60;
const RETRIES = 2;
const RETRY_CHANCE = 0.8;
const RETRY_MS = {least: 300, spread: 900};
/** After retries in vain a visit ends in so many cases. */
const GIVES_UP = 0.3;

export interface CrowdOptions {
  ports: readonly number[];
  feature: string;
  /** Mean of all requests of people; loops come on top. */
  requestsPerSecond: number;
  seed: number;
  /** Clients that repeat one failing request for a minute or so, every 0.3 to 3 s, and come again. */
  loopers?: number;
}

/** What the crowd has seen so far. */
export interface Seen {
  requests: number;
  failed: number;
  gray: number;
  /** Of gray's requests those that failed. */
  grayFailed: number;
  /** Persons who made a request. */
  people: number;
}

export class Crowd implements AsyncDisposable {
  readonly #options: CrowdOptions;
  readonly #random: () => number;
  readonly #agent = new Agent({keepAlive: true, maxSockets: 256});
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #pending = new Set<Promise<unknown>>();
  readonly #people = new Set<string>();
  /** Sums of the activity of all people up to each of them. */
  readonly #activity: Float64Array;
  readonly #seen = {requests: 0, failed: 0, gray: 0, grayFailed: 0};
  #isOver = false;

  constructor(options: CrowdOptions) {
    const {seed, requestsPerSecond, loopers = 0} = options;
    this.#options = options;
    this.#random = seeded(seed);
    this.#activity = new Float64Array(Math.max(1, Math.round(requestsPerSecond * PEOPLE)));
    let sum = 0;
    for (let n = 0; n < this.#activity.length; n++) {
      sum += this.#pareto(1, ACTIVITY, 1000);
      this.#activity[n] = sum;
    }
    // As if it had run for long: people in the middle of a visit, long visits more than short ones.
    const present = Math.round((requestsPerSecond * THINKS_MS) / 1000);
    for (let n = 0; n < present; n++) {
      const length = this.#pareto(FEWEST_REQUESTS, LENGTH - 1, MOST_REQUESTS);
      this.#visit(this.#somebody(), Math.max(1, Math.round(length * this.#random())), this.#think());
    }
    this.#arrive(requestsPerSecond / MEAN_REQUESTS / 1000);
    for (let n = 0; n < loopers; n++) this.#loop(`looper-${n}`, 300 + 2700 * this.#random());
  }

  get seen(): Seen {
    return {...this.#seen, people: this.#people.size};
  }

  /** One client that asks for what fails, once in so many milliseconds, for ever. */
  fail(id: string, everyMs: number): void {
    this.#later(everyMs, () => {
      void this.#ask(id, FAILING_PATH);
      this.fail(id, everyMs);
    });
  }

  /** The id of a person of that side, found by asking; no request of it fails by itself. */
  async find(side: 'prod' | 'gray', prefix: string): Promise<string> {
    for (let n = 0; ; n++) {
      const id = `${prefix}-${n}`;
      const answer = await this.#ask(id, 'page');
      if (answer.side === side) return id;
      if (n > 2000) throw new Error(`of 2000 people none gets ${side}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#pending);
    this.#agent.destroy();
  }

  #arrive(visitsPerMs: number): void {
    this.#later(this.#exponential(1 / visitsPerMs), () => {
      const length = this.#pareto(FEWEST_REQUESTS, LENGTH, MOST_REQUESTS);
      this.#visit(this.#somebody(), Math.round(length), 0);
      this.#arrive(visitsPerMs);
    });
  }

  #visit(id: string, requests: number, delayMs: number, retries = RETRIES): void {
    if (requests > 0) this.#later(delayMs, () => void this.#goOn(id, requests, retries));
  }

  /** The next request of a visit, and what follows from its answer. */
  async #goOn(id: string, requests: number, retries: number): Promise<void> {
    const {isFailed} = await this.#ask(id, 'page');
    if (!isFailed) this.#visit(id, requests - 1, this.#think());
    else if (retries > 0 && this.#random() < RETRY_CHANCE) {
      const soon = RETRY_MS.least + RETRY_MS.spread * this.#random();
      this.#visit(id, requests, soon, retries - 1);
    } else if (this.#random() >= GIVES_UP) this.#visit(id, requests - 1, this.#think());
  }

  /** Repeats the failing request about forty times, rests, and comes again. */
  #loop(id: string, everyMs: number, left = 0): void {
    const isResting = left === 0;
    this.#later(isResting ? this.#exponential(15_000) : everyMs, () => {
      if (!isResting) void this.#ask(id, FAILING_PATH);
      this.#loop(id, everyMs, isResting ? 10 + Math.round(60 * this.#random()) : left - 1);
    });
  }

  #somebody(): string {
    const sums = this.#activity;
    const wanted = this.#random() * (sums.at(-1) ?? 0);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return `u-${this.#options.seed}-${low}`;
  }

  #think(): number {
    return this.#exponential(THINKS_MS);
  }

  #exponential(mean: number): number {
    return -mean * Math.log(1 - this.#random());
  }

  #pareto(least: number, exponent: number, most: number): number {
    return Math.min(most, least * (1 - this.#random()) ** (-1 / exponent));
  }

  #later(ms: number, act: () => void): void {
    if (this.#isOver) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #ask(id: string, path: string): Promise<{isFailed: boolean; side: string | null}> {
    const {ports, feature} = this.#options;
    const port = ports[Math.floor(this.#random() * ports.length)] ?? 0;
    const asked = new Promise<{isFailed: boolean; side: string | null}>(resolve => {
      const cut = () => resolve({isFailed: true, side: null});
      const options = {agent: this.#agent, host: '127.0.0.1', port, headers: {'x-user-id': id}};
      const request = get({...options, path: `/${feature}/${path}`}, response => {
        const side = response.headers['x-side'];
        response.resume();
        response.on('end', () =>
          resolve({isFailed: response.statusCode !== 200, side: typeof side === 'string' ? side : null}),
        );
        response.on('error', cut);
      });
      request.on('error', cut);
    }).then(answer => {
      this.#seen.requests++;
      if (answer.isFailed) this.#seen.failed++;
      if (answer.side === 'gray') {
        this.#seen.gray++;
        if (answer.isFailed) this.#seen.grayFailed++;
      }
      this.#people.add(id);
      return answer;
    });
    this.#pending.add(asked);
    void asked.finally(() => this.#pending.delete(asked));
    return asked;
  }
}
