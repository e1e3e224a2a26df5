import {access} from 'node:fs/promises';
import {randomBytes} from 'node:crypto';
import {hostname} from 'node:os';
import {keepRouting, type KeptRouting} from '../router/keep-routing.ts';
import {Routing} from '../router/routing.ts';
import {checkFeatureName} from '../store/feature-name.ts';
import {stateFolder} from '../store/open.ts';
import type {RouterStore, RoutingStore} from '../store/port.ts';
import {Batches} from './batches.ts';
import {Feature} from './feature.ts';
import type {DeckOptions, FeatureOptions} from './options.ts';
import {reachStore, within} from './reach-store.ts';
import {registerNumbers, type Numbers} from './registry.ts';
import {FeedbackQueue} from './feedback-queue.ts';
import {Sender} from './sender.ts';
import {startOf} from '../release/well-formed.ts';

const FLUSH_MS = 250;
/** Most milliseconds to send the remaining samples, and most to leave the list of routers. */
const SENT_WITHIN_MS = 1000;
const LEFT_WITHIN_MS = 1000;

/** One feature and the parts that serve it. */
interface Member {
  feature: Feature;
  routing: Routing;
  sender: Sender;
  feedback: FeedbackQueue;
  /** Null until the store has been opened. */
  store: RouterStore | null;
  kept: KeptRouting | null;
}

/** The connection of an application to its store; one for each process. */
export class Deck {
  /** The store's address without password. */
  readonly store: string;
  /** Resolves once the store has been reached for the first time. */
  readonly opened: Promise<void>;
  readonly #options: DeckOptions;
  readonly #openStore: () => Promise<RoutingStore>;
  readonly #instance: string;
  readonly #members = new Map<string, Member>();
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #opening: Promise<RoutingStore | null>;
  readonly #folder: Promise<string | null>;
  #routing: RoutingStore | null = null;
  #away: string | null = 'not reached yet';
  #numbers: Numbers | null = null;
  #closing: Promise<void> | null = null;

  /**
   * @param label the store's address without password
   * @param open opens the store
   */
  constructor(options: DeckOptions, label: string, open: () => Promise<RoutingStore>) {
    this.#options = options;
    this.#openStore = open;
    this.store = label;
    // The suffix is new with each start, because the numbers of entries begin again.
    const name = options.instance ?? `${hostname()}/${process.pid}`;
    this.#instance = `${startOf(name, 100)}-${randomBytes(3).toString('hex')}`;
    this.#folder = keptWhere(options, options.env ?? process.env, what => this.#notify(what));
    this.#opening = this.#open();
    this.opened = Promise.all([this.#opening, this.#register()]).then(() => undefined);
    this.#timer = setInterval(() => {
      for (const {sender, feedback, store} of this.#members.values()) {
        sender.flush(store, false);
        feedback.flush(store);
      }
    }, FLUSH_MS);
    this.#timer.unref();
  }

  /**
   * Returns a feature by its name. Later calls return the same object, with the options of the first call.
   * @throws RangeError if no feature can have this name
   */
  feature(name: string, options: FeatureOptions = {}): Feature {
    const known = this.#members.get(name);
    if (known !== undefined) return known.feature;
    checkFeatureName(name);
    const {distributions, gauges} = this.#options;
    const kinds = {distributions: new Set(distributions), gauges: new Set(gauges)};
    const routing = new Routing(name, options.custom ?? {}, () => this.#routing?.now() ?? Date.now());
    const batches = new Batches({
      instance: this.#instance,
      kinds,
      feature: name,
      split: () => ({version: routing.version, split: routing.split}),
      onTally: (side, cohort, tally) => this.#numbers?.add(name, side, cohort, tally),
    });
    const ready = Promise.withResolvers<void>();
    const away = () => (member.kept === null ? this.#away : member.kept.away());
    const feedback = new FeedbackQueue();
    const feature = new Feature({name, routing, batches, feedback, options, away, ready: ready.promise});
    const member: Member = {feature, routing, sender: new Sender(batches), feedback, store: null, kept: null};
    this.#members.set(name, member);
    void this.#keep(member, ready.resolve);
    return feature;
  }

  /**
   * Sends the recorded samples, removes this process from the list of routers, and closes the store. Takes at
   * most 2 s. Never rejects.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    const members = [...this.#members.values()];
    for (const {sender, feedback, store} of members) {
      sender.flush(store, true);
      feedback.flush(store);
    }
    const sent = members.flatMap(({sender, feedback}) => [sender.settled, feedback.settled]);
    await within(SENT_WITHIN_MS, Promise.all(sent));
    this.#stop.abort();
    for (const {routing} of members) routing.setStale(true);
    await within(LEFT_WITHIN_MS, Promise.all(members.map(async ({kept}) => await kept?.close())));
    await this.#routing?.close().catch(() => undefined);
  }

  async #open(): Promise<RoutingStore | null> {
    const store = await reachStore(
      this.#openStore,
      why => {
        if (why !== null && why !== this.#away) this.#notify(why);
        this.#away = why;
      },
      this.#stop.signal,
    );
    this.#routing = store;
    if (this.#stop.signal.aborted) await store?.close();
    return store;
  }

  /** Starts the router of a feature once the store has been opened. */
  async #keep(member: Member, onReady: () => void): Promise<void> {
    const [store, folder] = await Promise.all([this.#opening, this.#folder]);
    if (store === null || this.#closing !== null) return;
    member.store = store.feature(member.feature.name);
    member.kept = keepRouting({
      routing: member.routing,
      store: member.store,
      label: this.store,
      name: `sdk ${this.#instance}`,
      folder,
      onTrouble: what => this.#notify(what),
    });
    await member.kept.ready;
    onReady();
  }

  async #register(): Promise<void> {
    const {registry} = this.#options;
    if (registry === undefined) return;
    const healths = () => new Map([...this.#members].map(([name, {feature}]) => [name, feature.health()]));
    try {
      this.#numbers = await registerNumbers(registry, healths);
    } catch (error) {
      this.#notify(`the prom-client registry refused the metrics: ${String(error)}`);
    }
  }

  #notify(what: string): void {
    try {
      this.#options.onTrouble?.(what);
    } catch {
      // An error of the application's callback must not stop the SDK.
    }
  }
}

/**
 * The folder for the last split and latches; null for none. A folder that the options name is always used: if
 * it cannot be read, an offline rollback may be set in it. The user's default state folder is skipped if it
 * cannot be accessed.
 */
async function keptWhere(
  {stateFolder: named}: DeckOptions,
  env: NonNullable<DeckOptions['env']>,
  onTrouble: (what: string) => void,
): Promise<string | null> {
  if (named !== undefined) return named === false ? null : named;
  const folder = stateFolder(env);
  try {
    await access(folder);
    return folder;
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    // The folder is created with the first split.
    if (code === 'ENOENT') return folder;
    onTrouble(
      `the last split is not saved: the state folder ${folder} cannot be used (${code ?? 'unknown'})`,
    );
    return null;
  }
}
