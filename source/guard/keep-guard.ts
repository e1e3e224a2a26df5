import type {Controller} from '../controller/outcome.ts';
import {StoreFault} from '../store/fault.ts';
import type {OutageTracker} from '../monitor/outage-tracker.ts';
import {
  type LeadershipTerm,
  type LeaseHold,
  type OwnTerm,
  RENEW_MS,
  beginTerm,
  changeOrWhile,
  pause,
} from './lease.ts';

/** What a process is to a feature. */
export type Role =
  | {role: 'acting'; epoch: number}
  | {role: 'standing-by'}
  | {role: 'away'; why: string}
  | {role: 'handed-over'};

export interface GuardKeeping {
  controller: Controller;
  lease: LeaseHold;
  outages: OutageTracker;
  /** As the log shall name it: `guard on ops-1`. */
  name: string;
  /** What a guard does while it is one; ends soon after the term does. */
  work(term: LeadershipTerm): Promise<void>;
  /** Told of each change. */
  onRole(role: Role): void;
}

/** Milliseconds between requests for the lease after another guard has left: that guard gives the lease up. */
const ASK_SOON_MS = 200;
/** What is stopped gets so long to end, milliseconds; then the guard is given over all the same. */
const ENDS_WITHIN_MS = 1500;
const WATCH_MS = 250;

/**
 * Guards a feature while no other guard does, until the signal aborts; then hands over at once.
 * Being the guard takes the lease and an epoch of the log: the lease keeps others waiting, the epoch refuses the commands of a
 * guard that slept through the end of its lease.
 * @throws StoreFault `store-no-rights` where this process may not be a guard and never was one
 */
export async function keepGuard(keeping: GuardKeeping, signal: AbortSignal): Promise<void> {
  const told = tellOnce(keeping.onRole);
  let wasGuard = false;
  while (!signal.aborted) {
    const term = await enter(keeping, {told, wasGuard}, signal);
    if (term === null) continue;
    wasGuard = true;
    told({role: 'acting', epoch: term.epoch});
    await serve(keeping, term, signal);
  }
  told({role: 'handed-over'});
}

/** One try to become the guard; waits a while where it fails. */
async function enter(
  {controller, lease, outages, name}: GuardKeeping,
  {told, wasGuard}: {told: (role: Role) => void; wasGuard: boolean},
  signal: AbortSignal,
): Promise<OwnTerm | null> {
  try {
    const isOurs = await lease.hold();
    outages.answered();
    if (isOurs) {
      // The epoch shows a guard that has taken over since: another process, or this one before it slept.
      const from = controller.snapshot().state.guard?.epoch ?? 0;
      const by = {name, kind: 'guard'} as const;
      const isMeant = () => lease.isHeld() && !signal.aborted;
      const outcome = await controller.execute({type: 'take-guard', from}, {by}, {isMeant});
      if (outcome.kind === 'done') return beginTerm(controller, lease, name, from + 1);
      // The log was not read as far as that; by now it is.
      if (outcome.kind === 'refused' && outcome.refusal.code === 'old-epoch') return null;
      if (outcome.kind === 'refused') {
        // Another process may be allowed to.
        await lease.giveUp();
        told({role: 'away', why: outcome.refusal.message});
      }
    } else told({role: 'standing-by'});
  } catch (error) {
    // Rights that were there may come back; those that never were are given by a person.
    if (!wasGuard && error instanceof StoreFault && error.code === 'store-no-rights') throw error;
    told({role: 'away', why: error instanceof Error ? error.message : String(error)});
  }
  const hasLeft = controller.snapshot().state.guard?.left === true;
  await changeOrWhile(
    listener =>
      controller.subscribe(() => void (controller.snapshot().state.guard?.left === true && listener())),
    hasLeft ? ASK_SOON_MS : RENEW_MS,
    signal,
  );
  return null;
}

/** Works and renews until the lease is lost, another has the guard, or it is time to go. */
async function serve(keeping: GuardKeeping, term: OwnTerm, signal: AbortSignal): Promise<void> {
  const {controller, lease} = keeping;
  const isOlder = () => (controller.snapshot().state.guard?.epoch ?? 0) > term.epoch;
  const stopListening = controller.subscribe(() => void (isOlder() && term.end()));
  // An answer that never comes must not keep a lease that has run out from being seen.
  const watching = setInterval(term.isHeld, WATCH_MS);
  signal.addEventListener('abort', term.end);
  if (signal.aborted) term.end();
  const working = keeping.work(term).finally(term.end);
  await endOf(Promise.all([working, renew(keeping, term)]), term.signal);
  signal.removeEventListener('abort', term.end);
  clearInterval(watching);
  stopListening();
  if (!signal.aborted) return;
  // First the lease: a standby that reads that the guard has left then finds it free.
  await lease.giveUp().catch(() => undefined);
  const by = term.actor;
  await controller.execute({type: 'leave-guard'}, {by}).catch(() => undefined);
}

async function renew({lease, outages}: GuardKeeping, term: OwnTerm): Promise<void> {
  for (;;) {
    await pause(RENEW_MS, term.signal);
    if (!term.isHeld()) return;
    try {
      const isOurs = await lease.hold();
      outages.answered();
      if (!isOurs) term.end();
    } catch {
      // As long as it has not run out, it is ours.
    }
  }
}

/** Until all of it has ended, or a while after it was told to. */
async function endOf(all: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const done = all.finally(() => ended.abort());
  const tooLong = (async () => {
    if (!signal.aborted)
      await new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}));
    await pause(ENDS_WITHIN_MS, ended.signal);
  })();
  await Promise.race([done, tooLong]);
}

function tellOnce(tell: (role: Role) => void): (role: Role) => void {
  let last = '';
  return role => {
    const now = JSON.stringify(role);
    if (now !== last) tell(role);
    last = now;
  };
}
