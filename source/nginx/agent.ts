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
  const {store, edge, site, name, folder, onTrouble, onReport} = options;
  const followers = new Map<string, Follower>();
  let wanted: ReadonlyMap<string, Split> = new Map();

  const momentOf = (feature: string, {routing}: Follower) => ({
    known: routing.known,
    isObeyed: routing.standing === 'fresh',
    isApplied: driver.isApplied(feature),
    isGray: driver.isGray(feature),
    trouble: driver.troubleOf(feature) ?? latchOf(routing),
  });
  const report = (feature: string, follower: Follower): RouterReport => {
    const moment = momentOf(feature, follower);
    follower.served = servedNow(moment, follower.served);
    const boundMs = exposureBound(routingSplit(follower), options, STALE_AFTER_MS);
    const {trouble} = moment;
    const told =
      trouble === null ? {} : {trouble: startOf(`${trouble.code}: ${trouble.text}`, LONGEST_TROUBLE)};
    return {name, kind: 'nginx', ...follower.served, boundMs, ...told};
  };
  const tell = () => {
    for (const [feature, follower] of followers) {
      const said = report(feature, follower);
      const text = JSON.stringify(said);
      if (text === follower.said) continue;
      follower.said = text;
      onReport(feature, said);
      follower.kept.kick();
    }
  };
  const driver = new EdgeDriver({
    edge,
    site,
    wanted: () => wanted,
    onChange: tell,
    steady: () => performance.now(),
  });
  const renew = () => {
    const live = [...followers].flatMap(([feature, {routing}]): [string, Split][] => {
      const {split} = routing;
      return split !== null && split.live && routing.standing === 'fresh' ? [[feature, split]] : [];
    });
    const isSame =
      live.length === wanted.size && live.every(([feature, split]) => wanted.get(feature) === split);
    if (!isSame) {
      wanted = new Map(live);
      driver.wake();
    }
    tell();
  };

  for (const feature of Object.keys(site.features)) {
    const routing = new Routing(feature, {}, () => store.now());
    const kept = keepRouting({
      routing,
      store: store.feature(feature),
      label: store.label,
      name,
      folder,
      onTrouble,
      onChange: () => {
        if (followers.has(feature)) renew();
      },
      report: () => {
        const follower = followers.get(feature);
        return follower === undefined ? routing.report(name) : report(feature, follower);
      },
    });
    followers.set(feature, {routing, kept, served: null, said: ''});
  }
  const all = [...followers.values()];
  const ready = Promise.all(all.map(({kept}) => kept.ready));
  await Promise.race([ready, delay(WAITS_FOR_STORE_MS, undefined, {signal}).catch(() => undefined)]);
  renew();
  await driver.run(signal);
  const left = await driver.leave();
  if (left !== null) onTrouble(`${left.code}: ${left.text}`);
  await Promise.all(all.map(({kept}) => kept.close()));
}

function routingSplit({routing}: Follower): Split | null {
  return routing.split;
}

function latchOf({isLatched}: Routing): EdgeTrouble | null {
  return isLatched
    ? {code: 'latched', text: 'a rollback waits on this host for the store to come back'}
    : null;
}
