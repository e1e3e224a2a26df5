import {setTimeout as pause} from 'node:timers/promises';
import {appliedBy, FORGOTTEN_AFTER_MS, type Applied, type Report} from '../audience/applied.ts';
import type {Split} from '../release/split.ts';
import type {Step} from '../release/state.ts';
import type {Performer} from './run-steps.ts';

/** What the traffic step reads about routers. */
export interface TrafficView {
  /** The newest split, and the log version that last changed it. */
  split(): {split: Split; since: number};
  routers(): Promise<Report[]>;
  /** Store's clock, milliseconds since 1970. */
  now(): number;
  /** Requests that gray has answered since a moment; null if none are measured. */
  grayRequestsSince(ms: number): Promise<number | null>;
}

const LOOK_EVERY_MS = 50;
/** Pause between two looks after `SOON_MS`, milliseconds. */
const SELDOM_MS = 500;
/** Milliseconds within which live routers usually confirm. */
const SOON_MS = 5000;
/** Longest wait for routers in a rollback, and for a live router that has not moved, milliseconds. */
const WAIT_AT_MOST_MS = 60_000;
/** Milliseconds until the last samples of gray have arrived. */
const LATE_BATCHES_MS = 600;

/**
 * Waits until every live router has confirmed the newest split, and every silent one is past its bound or
 * gone. The split took effect with its commit; this step only checks and counts. A rollback waits for a
 * minute and then names the routers that may still serve gray. Before the clean-up of a promotion it waits
 * longer.
 */
export function trafficPerformer(view: TrafficView, {name}: Pick<Step, 'name'>): Performer {
  const forSilentMs = name === 'traffic-to-prod' ? FORGOTTEN_AFTER_MS : WAIT_AT_MOST_MS;
  return {
    // The step changes nothing, so an early takeover only looks again. The deadline therefore follows the
    // routers.
    async deadlineMs() {
      const applied = await appliedNow(view).catch(() => null);
      if (applied === null) return WAIT_AT_MOST_MS + SOON_MS;
      const {silent, behind} = applied;
      const now = view.now();
      const forSilent = silent.map(({leftMs, at}) => Math.min(leftMs, at + FORGOTTEN_AFTER_MS - now));
      const forBehind = behind.map(({at, boundMs}) => Math.min(at + boundMs - now, WAIT_AT_MOST_MS));
      return Math.min(forSilentMs, Math.max(0, ...forSilent, ...forBehind)) + SOON_MS;
    },
    async perform(step, {release, signal}) {
      const since = step.run === 'rollback' ? (release.rollback?.at ?? view.now()) : view.now();
      const applied = await settled(view, {since, forSilentMs}, signal);
      const ms = view.now() - since;
      const grayAfterKey = step.run === 'rollback' ? await grayAfter(view, since, applied, signal) : null;
      const facts = {
        ms,
        routers: applied.live.length + applied.silent.length,
        confirmed: applied.confirmed.length,
        silent: applied.silent.length,
        ...(grayAfterKey === null ? {} : {grayRequestsAfter: grayAfterKey}),
      };
      // A router that does not receive a raise harms no user.
      const isTaken = step.run === 'rollback' || name === 'traffic-to-prod';
      const error = doubts(isTaken ? applied : {...applied, silent: []});
      return error === null ? {outcome: 'done', facts} : {outcome: 'failed', error, facts};
    },
  };
}

/** Names the routers that may still serve gray; null if there are none. */
function doubts({behind, silent}: Pick<Applied, 'behind' | 'silent'>): string | null {
  const unbound = silent.filter(({leftMs}) => leftMs > 0);
  const names = (routers: readonly Report[]) => routers.map(({name}) => name).join(', ');
  const words = [
    ...(behind.length === 0 ? [] : [`still at an older split: ${names(behind)}`]),
    ...(unbound.length === 0 ? [] : [`silent, and may still serve gray: ${names(unbound)}`]),
  ];
  return words.length === 0 ? null : words.join('; ');
}

async function settled(
  view: TrafficView,
  {since, forSilentMs}: {since: number; forSilentMs: number},
  signal: AbortSignal,
): Promise<Applied> {
  for (;;) {
    const waitedMs = view.now() - since;
    // If the routers cannot be read, they have not confirmed. The next steps may stop gray.
    const applied = await appliedNow(view).catch((error: unknown) => {
      if (signal.aborted || waitedMs > WAIT_AT_MOST_MS) throw error;
      return null;
    });
    if (applied !== null) {
      const isMoved = applied.behind.length === 0;
      const isSettled = isMoved && applied.silent.every(({leftMs}) => leftMs === 0);
      const isOver = waitedMs > (isMoved ? forSilentMs : WAIT_AT_MOST_MS);
      if (isSettled || isOver || signal.aborted) return applied;
    }
    await pause(waitedMs < SOON_MS ? LOOK_EVERY_MS : SELDOM_MS, undefined, {signal}).catch(() => undefined);
  }
}

async function appliedNow(view: TrafficView): Promise<Applied> {
  const {split, since} = view.split();
  return appliedBy(await view.routers(), split, since, view.now());
}

async function grayAfter(
  view: TrafficView,
  since: number,
  {live}: Applied,
  signal: AbortSignal,
): Promise<number | null> {
  if (live.length > 0) await pause(LATE_BATCHES_MS, undefined, {signal}).catch(() => undefined);
  // Every user is on the right side, whether or not the requests can be counted.
  return await view.grayRequestsSince(since).catch(() => null);
}
