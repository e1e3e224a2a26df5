import {setTimeout as delay} from 'node:timers/promises';
import type {EdgeSite} from '../audience/latch.ts';
import {STALE_AFTER_MS, type Split} from '../release/split.ts';
import {startOf} from '../release/well-formed.ts';
import {type KeptRouting, keepRouting} from '../router/keep-routing.ts';
import {Routing} from '../router/routing.ts';
import type {RouterReport, RoutingStore} from '../store/port.ts';
import {EdgeDriver} from './driver.ts';
import type {Edge, EdgeTrouble} from './edge.ts';

/** What an edge was last confirmed to do for a feature. */
export type Served = Pick<RouterReport, 'version' | 'release' | 'percent' | 'live'>;

/** What an agent knows of one feature of its edge at one moment. */
export interface EdgeMoment {
  /** The newest split and its version; null before any is known. */
  known: {version: number; split: Split} | null;
  /** Whether the split is obeyed, and a live one has a way to gray in what is wanted. */
  isObeyed: boolean;
  /** nginx says that it does what is wanted. */
  isApplied: boolean;
  /** nginx, by what it said last, has a way to gray. */
  isGray: boolean;
  trouble: EdgeTrouble | null;
}

/** What nginx does now; what it was last confirmed to do (null: never), where it says nothing new. */
export function servedNow(
  {known, isObeyed, isApplied, isGray, trouble}: EdgeMoment,
  before: Served | null,
): Served {
  const version = known?.version ?? 0;
  const release = known?.split.release ?? null;
  const isLive = isObeyed && known?.split.live === true;
  // Without nginx no user has gray, and nginx will begin with the file that is in place.
  const isSafelyDown = trouble?.code === 'not-running' && !isLive;
  if (!isApplied && !isSafelyDown) return before ?? {version: 0, release: null, percent: 0, live: false};
  const live = isLive && isGray;
  return {version, release, percent: live ? (known?.split.percent ?? 0) : 0, live};
}

/** Where a phase keeps gray when cut off there is no bound; a day stands for it. */
const NO_BOUND_MS = 86_400_000;

/**
 * Milliseconds until an edge that is cut off, or whose agent is dead, serves gray to no user: until the agent considers
 * itself cut off, plus until the watchdog notices that the agent is dead, plus as long as nginx lets a request that is
 * under way go on.
 */
export function exposureBound(
  split: Split | null,
  {watchdogMs, shutdownMs}: {watchdogMs: number; shutdownMs: number},
  staleAfterMs: number,
): number {
  if (split?.live === true && split.whenStale === 'keep') return NO_BOUND_MS;
  return (split?.staleAfterMs ?? staleAfterMs) + watchdogMs + shutdownMs;
}

/** What an agent is made of. */
export interface AgentOptions {
  store: RoutingStore;
  edge: Edge;
  site: EdgeSite;
  /** Its name among the routers: `nginx edge-1`. */
  name: string;
  /** Where the last splits and an offline rollback lie. */
  folder: string;
  watchdogMs: number;
  shutdownMs: number;
  /** Something for people, once each time it begins. */
  onTrouble(what: string): void;
  /** What is reported of a feature has changed. */
  onReport(feature: string, report: RouterReport): void;
}

/** An agent that starts while the store is there does not go through prod first: so long it waits for the store. */
const WAITS_FOR_STORE_MS = 2000;
const LONGEST_TROUBLE = 200;

/** One feature of the edge. */
interface Follower {
  routing: Routing;
  kept: KeptRouting;
  served: Served | null;
  said: string;
}

/**
 * Drives an nginx by the store until the signal aborts: applies the split, reports what nginx confirms, and falls back
 * when the store does not take its reports. It leaves the fallback file behind. Never rejects.
 */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  await new Agent(options).run(signal);
}

/** The features of one nginx, each with its own router, and the driver that brings them into its file. */
class Agent {
  readonly #options: AgentOptions;
  readonly #followers = new Map<string, Follower>();
  readonly #driver: EdgeDriver;
  #wanted: ReadonlyMap<string, Split> = new Map();

  constructor(options: AgentOptions) {
    this.#options = options;
    const {edge, site} = options;
    this.#driver = new EdgeDriver({
      edge,
      site,
      wanted: () => this.#wanted,
      onChange: () => this.#tell(),
      steady: () => performance.now(),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const {site, onTrouble} = this.#options;
    for (const feature of Object.keys(site.features)) this.#follow(feature);
    const kept = [...this.#followers.values()].map(follower => follower.kept);
    const ready = Promise.all(kept.map(one => one.ready));
    await Promise.race([ready, delay(WAITS_FOR_STORE_MS, undefined, {signal}).catch(() => undefined)]);
    this.#renew();
    await this.#driver.run(signal);
    const left = await this.#driver.leave();
    if (left !== null) onTrouble(`${left.code}: ${left.text}`);
    await Promise.all(kept.map(one => one.close()));
  }

  #follow(feature: string): void {
    const {store, name, folder, onTrouble} = this.#options;
    const routing = new Routing(feature, {}, () => store.now());
    const kept = keepRouting({
      routing,
      store: store.feature(feature),
      label: store.label,
      name,
      folder,
      onTrouble,
      onChange: () => {
        if (this.#followers.has(feature)) this.#renew();
      },
      report: () => {
        const follower = this.#followers.get(feature);
        return follower === undefined ? routing.report(name) : this.#report(feature, follower);
      },
    });
    this.#followers.set(feature, {routing, kept, served: null, said: ''});
  }

  /** Wakes the driver when the splits that are obeyed have changed, and reports. */
  #renew(): void {
    const live = [...this.#followers].flatMap(([feature, {routing}]): [string, Split][] => {
      const {split} = routing;
      return split !== null && split.live && routing.standing === 'fresh' ? [[feature, split]] : [];
    });
    const isSame =
      live.length === this.#wanted.size &&
      live.every(([feature, split]) => this.#wanted.get(feature) === split);
    if (!isSame) {
      this.#wanted = new Map(live);
      this.#driver.wake();
    }
    this.#tell();
  }

  /** Brings each report that has changed to the store. */
  #tell(): void {
    for (const [feature, follower] of this.#followers) {
      const said = this.#report(feature, follower);
      const text = JSON.stringify(said);
      if (text === follower.said) continue;
      follower.said = text;
      this.#options.onReport(feature, said);
      follower.kept.kick();
    }
  }

  #report(feature: string, follower: Follower): RouterReport {
    const {routing} = follower;
    const trouble = this.#driver.troubleOf(feature) ?? latchOf(routing);
    const moment: EdgeMoment = {
      known: routing.known,
      isObeyed: routing.standing === 'fresh',
      isApplied: this.#driver.isApplied(feature),
      isGray: this.#driver.isGray(feature),
      trouble,
    };
    follower.served = servedNow(moment, follower.served);
    const boundMs = exposureBound(routing.split, this.#options, STALE_AFTER_MS);
    const told =
      trouble === null ? {} : {trouble: startOf(`${trouble.code}: ${trouble.text}`, LONGEST_TROUBLE)};
    return {name: this.#options.name, kind: 'nginx', ...follower.served, boundMs, ...told};
  }
}

function latchOf({isLatched}: Routing): EdgeTrouble | null {
  return isLatched
    ? {code: 'latched', text: 'a rollback waits on this host for the store to come back'}
    : null;
}
