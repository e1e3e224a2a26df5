import type {EdgeTrouble} from './edge.ts';
import type {Split} from '../release/split.ts';
import type {RouterReport} from '../store/port.ts';

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
