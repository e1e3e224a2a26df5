import {randomBytes} from 'node:crypto';
import {hostname} from 'node:os';
import {setTimeout as delay} from 'node:timers/promises';
import {checkFeatureName} from '../store/feature-name.ts';
import {openStore, resolveTarget, stateFolder} from '../store/open.ts';
import type {RoutingStore} from '../store/port.ts';
import {Batches} from './batches.ts';
import {Feature} from './feature.ts';
import {keepRouting, type KeptRouting} from '../router/keep-routing.ts';
import {registerNumbers, type Gauges, type Numbers} from './numbers.ts';
import type {DeckOptions, FeatureOptions} from './options.ts';
import {Routing} from '../router/routing.ts';

const FLUSH_MS = 250;
/** How long `connect` waits for a store that may be away, and `close` for one that does not answer, in milliseconds. */
const CONNECTS_WITHIN_MS = 1000;
const CLOSES_WITHIN_MS = 2000;
const OPENS_AGAIN_MS = 1000;

/** One feature with all that keeps it. */
interface Kept {
  feature: Feature;
  routing: Routing;
  batches: Batches;
  kept: KeptRouting | null;
  sending: Promise<void> | null;
}

/**
 * Takes part in gray releases: knows the split of each feature, and tells what came of it.
 * A store that is away is no fault: everybody gets prod until it is there.
 * @throws StoreFault `store-bad-url` for an address that cannot be read, `store-no-rights` for a password file that cannot.
 */
export async function connect(options: DeckOptions = {}): Promise<Deck> {
  const env = options.env ?? process.env;
  const {label} = await resolveTarget(options.store ?? null, env);
  const deck = new Deck(options, label, env);
  await within(CONNECTS_WITHIN_MS, deck.opened);
  return deck;
}

/** The connection of an application to the deck: one for a process. */
export class Deck {
  /** The store's address without its password, for people. */
  readonly store: string;
  /** Resolves once the store was reached for the first time. */
  readonly opened: Promise<void>;
  readonly #options: DeckOptions;
  readonly #env: NonNullable<DeckOptions['env']>;
  readonly #instance: string;
  readonly #features = new Map<string, Kept>();
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #opening: Promise<RoutingStore | null>;
  #routingStore: RoutingStore | null = null;
  #away: string | null = 'not reached yet';
  #numbers: Numbers | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: DeckOptions, label: string, env: NonNullable<DeckOptions['env']>) {
    this.#options = options;
    this.#env = env;
    this.store = label;
    // Of this start: numbers of entries begin anew with it.
    const name = options.instance ?? `${hostname()}/${process.pid}`;
    this.#instance = `${name.slice(0, 100)}-${randomBytes(3).toString('hex')}`;
    this.#opening = this.#open();
    const numbers = options.registry === undefined ? null : this.#register(options.registry);
    this.opened = Promise.all([this.#opening, numbers]).then(() => undefined);
    this.#timer = setInterval(() => this.#flush(false), FLUSH_MS);
    this.#timer.unref();
  }

  /**
   * A feature by its name; the same object each time, with the options of the first.
   * @throws RangeError for a name that no feature can have.
   */
  feature(name: string, options: FeatureOptions = {}): Feature {
    const known = this.#features.get(name);
    if (known !== undefined) return known.feature;
    checkFeatureName(name);
    const now = () => this.#routingStore?.now() ?? Date.now();
    const routing = new Routing(name, options.custom ?? {}, now);
    const kinds = {
      distributions: new Set(this.#options.distributions),
      gauges: new Set(this.#options.gauges),
    };
    const batches = new Batches(this.#instance, kinds, (side, cohort, tally) =>
      this.#numbers?.add(name, side, cohort, tally),
    );
    const ready = Promise.withResolvers<void>();
    const away = () => (entry.kept === null ? this.#away : entry.kept.away());
    const feature = new Feature({name, routing, batches, options, away, ready: ready.promise});
    const entry: Kept = {feature, routing, batches, kept: null, sending: null};
    this.#features.set(name, entry);
    void this.#keep(entry, ready.resolve);
    return feature;
  }

  /** Sends what was recorded, takes this process off the list of routers, and ends. Never rejects; within two seconds. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    const entries = [...this.#features.values()];
    this.#flush(true);
    await within(CLOSES_WITHIN_MS / 2, Promise.all(entries.map(({sending}) => sending ?? Promise.resolve())));
    this.#stop.abort();
    for (const {routing} of entries) routing.setStale(true);
    await within(
      CLOSES_WITHIN_MS / 2,
      Promise.all(entries.map(({kept}) => kept?.close() ?? Promise.resolve())),
    );
    await this.#routingStore?.close().catch(() => undefined);
  }

  /** Keeps a feature up to date from the moment there is a store. */
  async #keep(entry: Kept, onReady: () => void): Promise<void> {
    const store = await this.#opening;
    if (store === null || this.#closing !== null) return;
    entry.kept = keepRouting({
      routing: entry.routing,
      store: store.feature(entry.feature.name),
      label: this.store,
      name: `sdk ${this.#instance}`,
      folder: this.#folder(),
      onTrouble: what => this.#tell(what),
    });
    await entry.kept.ready;
    onReady();
  }

  #flush(all: boolean): void {
    const now = performance.now();
    for (const entry of this.#features.values()) {
      entry.batches.flush(now, all);
      if (entry.sending !== null || entry.batches.waiting === 0 || this.#routingStore === null) continue;
      entry.sending = this.#send(entry, this.#routingStore).finally(() => (entry.sending = null));
    }
  }

  /** Until nothing waits any more, or the store does not take it: then the next flush tries again. */
  async #send({batches, feature}: Kept, store: RoutingStore): Promise<void> {
    const target = store.feature(feature.name);
    while (batches.waiting > 0) {
      const {entries, last} = batches.next(performance.now());
      try {
        await target.writeSamples(entries);
      } catch {
        // Whether they were written is not known: sent again they are known by their numbers.
        return;
      }
      batches.taken(last);
    }
  }

  async #open(): Promise<RoutingStore | null> {
    while (!this.#stop.signal.aborted) {
      try {
        const store = await openStore(this.#options.store ?? null, 'router', {env: this.#env});
        this.#away = null;
        this.#routingStore = store;
        if (this.#closing !== null) await store.close();
        return store;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== this.#away) this.#tell(why);
        this.#away = why;
        await delay(OPENS_AGAIN_MS, undefined, {signal: this.#stop.signal, ref: false}).catch(
          () => undefined,
        );
      }
    }
    return null;
  }

  async #register(registry: NonNullable<DeckOptions['registry']>): Promise<void> {
    try {
      this.#numbers = await registerNumbers(registry, () => this.#gauges());
    } catch (error) {
      this.#tell(`the registry takes no metrics: ${String(error)}`);
    }
  }

  #gauges(): Map<string, Gauges> {
    const entries = [...this.#features].map(([name, {feature}]): [string, Gauges] => {
      const {percent, version, standing, away, waiting, dropped, faults} = feature.health();
      const droppedOf = {
        droppedEntries: dropped.entries,
        droppedRequests: dropped.requests,
        droppedValues: dropped.values,
      };
      const isLive = standing === 'fresh' && percent > 0;
      return [name, {percent, version, isLive, isAway: away !== null, waiting, faults, ...droppedOf}];
    });
    return new Map(entries);
  }

  #folder(): string | null {
    const {stateFolder: folder} = this.#options;
    return folder === false ? null : (folder ?? stateFolder(this.#env));
  }

  #tell(what: string): void {
    try {
      this.#options.onTrouble?.(what);
    } catch {
      // Nobody to tell it to.
    }
  }
}

/** Waits for it, but no longer than this. Keeps the process running meanwhile. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, delay(ms, undefined, {signal: late.signal}).catch(() => undefined)]);
  late.abort();
}
