import {setTimeout as pause} from 'node:timers/promises';
import {appliedBy, type Applied, type Report} from '../audience/applied.ts';
import type {Split} from '../release/split.ts';
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
/** What every router confirms at once is over within this time. */
const SOON_MS = 5000;
/** Longest that a router may stay silent and yet be waited for: beyond it, its own bound has brought it to prod. */
const WAIT_AT_MOST_MS = 60_000;
/** The last batches of gray's samples are still on their way when the last router confirms. */
const LATE_BATCHES_MS = 600;

/**
 * Waits until every live router has confirmed the newest split and every silent one must be at prod by its own bound.
 * The split itself took effect with its commit; this step only makes sure, and measures.
 */
export function trafficPerformer(view: TrafficView): Performer {
  return {
    // It does nothing to the world: who takes it over too early only looks once more. So nobody waits for a runner that
    // may be dead longer than for the routers.
    async deadlineMs() {
      const applied = await appliedNow(view).catch(() => null);
      if (applied === null) return WAIT_AT_MOST_MS + SOON_MS;
      const {silent, behind} = applied;
      const left = [
        ...silent.map(({leftMs}) => leftMs),
        ...behind.map(one => one.at + one.boundMs - view.now()),
      ];
      return Math.min(WAIT_AT_MOST_MS, Math.max(0, ...left)) + SOON_MS;
    },
    async perform(step, {release, signal}) {
      const since = step.run === 'rollback' ? (release.rollback?.at ?? view.now()) : view.now();
      const applied = await settled(view, since, signal);
      const ms = view.now() - since;
      const grayAfterKey = step.run === 'rollback' ? await grayAfter(view, since, applied, signal) : null;
      const facts = {
        ms,
        routers: applied.live.length + applied.silent.length,
        confirmed: applied.confirmed.length,
        silent: applied.silent.length,
        ...(grayAfterKey === null ? {} : {grayRequestsAfter: grayAfterKey}),
      };
      if (applied.behind.length === 0) return {outcome: 'done', facts};
      const names = applied.behind.map(({name}) => name).join(', ');
      return {outcome: 'failed', error: `still at an older split: ${names}`, facts};
    },
  };
}

async function settled(view: TrafficView, since: number, signal: AbortSignal): Promise<Applied> {
  for (;;) {
    const isOver = signal.aborted || view.now() - since > WAIT_AT_MOST_MS;
    // Routers that cannot be read for a moment have not confirmed: the steps that follow may take gray away.
    const applied = await appliedNow(view).catch((error: unknown) => {
      if (isOver) throw error;
      return null;
    });
    const isSettled = applied?.behind.length === 0 && applied.silent.every(({leftMs}) => leftMs === 0);
    if (applied !== null && (isSettled || isOver)) return applied;
    await pause(LOOK_EVERY_MS, undefined, {signal}).catch(() => undefined);
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
