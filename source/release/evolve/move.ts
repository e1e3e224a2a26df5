import type {Approval, Approver} from '../approval.ts';
import type {Event, Happened} from '../event.ts';
import type {Overruling, PauseCause, PhaseClock, Release} from '../state.ts';
import {skipped} from '../step.ts';

/**
 * Overrulings kept of a release. The judge applies each within seconds; a successor needs those of the last
 * minutes.
 */
const OVERRULED_KEPT = 32;

/** Events that neither begin nor end a release. */
export type MoveEvent = Extract<
  Event,
  {
    type:
      | 'phase-entered'
      | 'phase-opening'
      | 'percent-set'
      | 'release-paused'
      | 'release-resumed'
      | 'promotion-started'
      | 'release-failed'
      | 'start-queued'
      | 'queued-start-cancelled'
      | 'release-disabled'
      | 'release-enabled'
      | 'approval-asked'
      | 'approval-given'
      | 'user-included'
      | 'user-denied'
      | 'user-removed'
      | 'verdict-changed'
      | 'clock-held'
      | 'clock-ran';
  }
>;

/** Folds an event into a release that goes on. */
export function evolveMove(release: Release, event: MoveEvent, happened: Happened): Release {
  const {at, by, authenticated = null} = happened;
  switch (event.type) {
    case 'phase-entered':
      return phaseEntered(release, event, at);
    case 'phase-opening':
      return phaseOpening(release, event, at);
    case 'percent-set':
      return percentSet(release, event, at);
    case 'release-paused':
      return paused(release, event, at);
    case 'release-resumed':
      return resumed(release, at);
    case 'promotion-started':
      return promotionStarted(release, event, at);
    case 'release-failed':
      return {...release, state: 'failed', clock: stopped(release.clock, at)};
    case 'start-queued': {
      const {release: id, version, over, plan} = event;
      return {...release, next: {release: id, version, over, plan, by, authenticated}};
    }
    case 'queued-start-cancelled':
      return {...release, next: null};
    case 'release-disabled': {
      const {why, reason} = event;
      return disabledNow(release, {at, by, authenticated, why, reason});
    }
    case 'release-enabled':
      return enabled(release, at);
    case 'approval-asked': {
      const {number, wish, wantedBy, reason, approvers} = event;
      const approval: Approval = {number, wish, wantedBy, askedBy: by, askedAt: at, reason, approvers};
      return {...release, approval, approvals: Math.max(release.approvals, number)};
    }
    case 'approval-given':
      return approved(release, event);
    case 'user-included':
    case 'user-denied':
    case 'user-removed':
      return userMoved(release, event, at);
    case 'verdict-changed': {
      const {action, reasons, onset = null, footing = null} = event;
      return {...release, verdict: {action, reasons, at, onset, footing}};
    }
    case 'clock-held': {
      const held = stopped(release.clock, Math.min(at, event.since ?? at));
      return {...release, clock: {...held, held: event.why}};
    }
    case 'clock-ran': {
      const runs = release.state === 'rolling' && release.disabled === null;
      return {...release, clock: {...release.clock, since: runs ? at : null, held: null}};
    }
  }
}

/** The event of one type. */
type Move<Type extends MoveEvent['type']> = Extract<MoveEvent, {type: Type}>;

function phaseEntered(release: Release, event: Move<'phase-entered'>, at: number): Release {
  const left = event.left ? [...release.left, {...event.left, at, percent: release.percent}] : release.left;
  const clock: PhaseClock = {ranMs: 0, since: release.disabled === null ? at : null, held: null};
  return {
    // A gate that a person has overruled is not asked again.
    ...stayed(release, at),
    state: 'rolling',
    phase: event.phase,
    phaseEnteredAt: at,
    clock,
    percent: event.percent,
    splitChangedAt: at,
    left,
    approval: null,
    verdict: null,
  };
}

function phaseOpening(release: Release, event: Move<'phase-opening'>, at: number): Release {
  const {to, left, wantedBy} = event;
  const opening = {to, left, steps: event.steps.map(({id}) => id), wantedBy, since: at};
  return {...release, opening, approval: null, steps: [...stayed(release, at).steps, ...event.steps]};
}

function percentSet(release: Release, {percent}: Move<'percent-set'>, at: number): Release {
  return {
    // A person who lowers the percent does not want a pending move to raise it.
    ...(percent < release.percent ? stayed(release, at) : release),
    percent,
    splitChangedAt: at,
    left: lowered(release, percent),
    approval: null,
    verdict: null,
  };
}

function paused(release: Release, event: Move<'release-paused'>, at: number): Release {
  return {
    ...stayed(release, at),
    state: 'paused',
    pausedReason: event.reason,
    pausedBecause: event.because ?? [],
    approval: null,
    clock: stopped(release.clock, at),
  };
}

function resumed(release: Release, at: number): Release {
  return {
    ...release,
    state: 'rolling',
    pausedReason: null,
    pausedBecause: [],
    overruled: withOverruling(release.overruled, release.pausedBecause, at),
    clock: {...release.clock, since: runsFrom(release, at)},
  };
}

function promotionStarted(release: Release, event: Move<'promotion-started'>, at: number): Release {
  const left = stayed(release, at);
  return {
    ...left,
    state: 'promoting',
    percent: 100,
    splitChangedAt: at,
    verdict: null,
    pausedReason: null,
    pausedBecause: [],
    clock: stopped(release.clock, at),
    approval: null,
    steps: [...left.steps, ...event.steps],
  };
}

function disabledNow(release: Release, disabled: NonNullable<Release['disabled']>): Release {
  const {at} = disabled;
  return {
    ...stayed(release, at),
    disabled,
    approval: null,
    splitChangedAt: at,
    clock: stopped(release.clock, at),
    verdict: null,
  };
}

function enabled(release: Release, at: number): Release {
  const since = release.state === 'rolling' ? runsFrom({...release, disabled: null}, at) : null;
  return {
    ...release,
    disabled: null,
    approval: null,
    splitChangedAt: at,
    clock: {...release.clock, since},
    verdict: null,
  };
}

/** An approval that answers an older question changes nothing. */
function approved(release: Release, {number, by, authenticated}: Move<'approval-given'>): Release {
  const {approval} = release;
  if (approval?.number !== number) return release;
  const approver: Approver = {by, authenticated};
  return {...release, approval: {...approval, approvers: [...approval.approvers, approver]}};
}

function userMoved(
  release: Release,
  {type, user}: Move<'user-included' | 'user-denied' | 'user-removed'>,
  at: number,
): Release {
  const include = without(release.include, user);
  const deny = without(release.deny, user);
  const moved = {...release, include, deny, splitChangedAt: at};
  // Who is denied leaves gray, so an approval that is awaited still fits.
  if (type === 'user-denied') return {...moved, deny: with_(release.deny, user)};
  if (type === 'user-included') return {...moved, include: with_(release.include, user), approval: null};
  return {...moved, approval: null};
}

/** Records an overruling. A pause without findings of the guard leaves nothing to overrule. */
function withOverruling(before: Overruling[], because: PauseCause[], at: number): Overruling[] {
  if (because.length === 0) return before;
  const number = (before.at(-1)?.number ?? 0) + 1;
  return [...before, {number, at, because}].slice(-OVERRULED_KEPT);
}

/**
 * Cancels a pending move. Its steps that have not begun are skipped; a running step may still record its
 * outcome.
 */
function stayed(release: Release, at: number): Release {
  if (release.opening === null) return release;
  const steps = release.steps.map(step =>
    step.run === 'phase' && step.state === 'pending' ? skipped(step, at) : step,
  );
  return {...release, opening: null, steps};
}

/** A lower percent applies to everyone, so earlier audiences keep no more than that. */
function lowered(release: Release, percent: number): Release['left'] {
  if (percent >= release.percent) return release.left;
  return release.left.map(one => ({...one, percent: Math.min(one.percent, percent)}));
}

/** Stops the clock at `at` and keeps the time that it ran. */
export function stopped(clock: PhaseClock, at: number): PhaseClock {
  if (clock.since === null) return clock;
  // If the clock jumped back, the time served stays.
  return {...clock, ranMs: clock.ranMs + Math.max(0, at - clock.since), since: null};
}

function with_(users: string[], user: string): string[] {
  return users.includes(user) ? users : [...users, user];
}

function without(users: string[], user: string): string[] {
  return users.filter(other => other !== user);
}

/** Since when the clock of a rolling release runs; null: it stands. */
function runsFrom({clock, disabled}: Pick<Release, 'clock' | 'disabled'>, at: number): number | null {
  return clock.held === null && disabled === null ? at : null;
}
