import {setTimeout as pause} from 'node:timers/promises';
import {appliedBy, FORGOTTEN_AFTER_MS, type Applied, type Report} from '../audience/applied.ts';
import type {Split} from '../release/split.ts';
import type {Step} from '../release/state.ts';
import type {Performer} from './run-steps.ts';

/** What the traffic step needs to see that the routers have moved. */
export interface TrafficView {
  /** The newest split, and the log version that made it what it is. */
  split(): {split: Split; since: number};
  routers(): Promise<Report[]>;
  /** Store's clock, milliseconds since 1970. */
  now(): number;
  /** Requests that gray has answered since a moment; null where nobody measures. */
  grayRequestsSince(ms: number): Promise<number | null>;
}

const LOOK_EVERY_MS = 50;
/** After that nothing is soon over. */
const SELDOM_MS = 500;
/** What every router confirms at once is over within this time. */
const SOON_MS = 5000;
/** Longest that routers are waited for before the steps of a rollback go on, and for one that is heard and has not moved. */
const WAIT_AT_MOST_MS = 60_000;
/** The last batches of gray's samples are still on their way when the last router confirms. */
const LATE_BATCHES_MS = 600;

/**
 * Waits until every live router has confirmed the newest split and every silent one must be at prod by its own bound, or
 * has left for good. The split itself took effect with its commit; this step only makes sure, and measures. A rollback
 * waits for a minute and then says who may still serve gray; before gray is cleaned up after a promotion there is time.
 */
export function trafficPerformer(view: TrafficView, {name}: Pick<Step, 'name'>): Performer {
  const forSilentMs = name === 'traffic-to-prod' ? FORGOTTEN_AFTER_MS : WAIT_AT_MOST_MS;
  return {
    // It does nothing to the world: who takes it over too early only looks once more. So nobody waits for a runner that
    // may be dead longer than for the routers.
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
      // Who does not hear of more gray harms nobody.
      const isTaken = step.run === 'rollback' || name === 'traffic-to-prod';
      const error = doubts(isTaken ? applied : {...applied, silent: []});
      return error === null ? {outcome: 'done', facts} : {outcome: 'failed', error, facts};
    },
  };
}

/** Who may still serve what is no longer wanted, in words; null: nobody. */
function doubts({behind, silent}: Pick<Applied, 'behind' | 'silent'>): string | null {
  const unbound = silent.filter(({leftMs}) => leftMs > 0);
  const names = (routers: readonly Report[]) => routers.map(({name}) => name).join(', ');
  const words = [
    ...(behind.length === 0 ? [] : [`still at an older split: ${names(behind)}`]),
    ...(unbound.length === 0 ? [] : [`not heard of, and free to go on as before: ${names(unbound)}`]),
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
    // Routers that cannot be read for a moment have not confirmed: the steps that follow may take gray away.
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
  // Everybody is where they should be, whether or not it can be counted.
  return await view.grayRequestsSince(since).catch(() => null);
}
