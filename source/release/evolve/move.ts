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
export function evolveMove(
  release: Release,
  event: MoveEvent,
  {at, by, authenticated = null}: Happened,
): Release {
  switch (event.type) {
    case 'phase-entered': {
      const left = event.left
        ? [...release.left, {...event.left, at, percent: release.percent}]
        : release.left;
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
    case 'phase-opening':
      return {
        ...release,
        opening: {
          to: event.to,
          left: event.left,
          steps: event.steps.map(({id}) => id),
          wantedBy: event.wantedBy,
          since: at,
        },
        approval: null,
        steps: [...stayed(release, at).steps, ...event.steps],
      };
    case 'percent-set':
      return {
        // A person who lowers the percent does not want a pending move to raise it.
        ...(event.percent < release.percent ? stayed(release, at) : release),
        percent: event.percent,
        splitChangedAt: at,
        left: lowered(release, event.percent),
        approval: null,
        verdict: null,
      };
    case 'release-paused':
      return {
        ...stayed(release, at),
        state: 'paused',
        pausedReason: event.reason,
        pausedBecause: event.because ?? [],
        approval: null,
        clock: stopped(release.clock, at),
      };
    case 'release-resumed':
      return {
        ...release,
        state: 'rolling',
        pausedReason: null,
        pausedBecause: [],
        overruled: withOverruling(release.overruled, release.pausedBecause, at),
        clock: {...release.clock, since: runsFrom(release, at)},
      };
    case 'promotion-started': {
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
    case 'release-failed':
      return {...release, state: 'failed', clock: stopped(release.clock, at)};
    case 'start-queued':
      return {
        ...release,
        next: {
          release: event.release,
          version: event.version,
          over: event.over,
          plan: event.plan,
          by,
          authenticated,
        },
      };
    case 'queued-start-cancelled':
      return {...release, next: null};
    case 'release-disabled':
      return {
        ...stayed(release, at),
        disabled: {at, by, authenticated, why: event.why, reason: event.reason},
        approval: null,
        splitChangedAt: at,
        clock: stopped(release.clock, at),
        verdict: null,
      };
    case 'release-enabled': {
      const enabled = {...release, disabled: null};
      const since = release.state === 'rolling' ? runsFrom(enabled, at) : null;
      return {
        ...enabled,
        approval: null,
        splitChangedAt: at,
        clock: {...release.clock, since},
        verdict: null,
      };
    }
    case 'approval-asked': {
      const {number, wish, wantedBy, reason, approvers} = event;
      const approval: Approval = {number, wish, wantedBy, askedBy: by, askedAt: at, reason, approvers};
      return {...release, approval, approvals: Math.max(release.approvals, number)};
    }
    case 'approval-given': {
      const {approval} = release;
      if (approval?.number !== event.number) return release;
      const approver: Approver = {by: event.by, authenticated: event.authenticated};
      return {...release, approval: {...approval, approvers: [...approval.approvers, approver]}};
    }
    case 'user-included':
      return {
        ...release,
        include: with_(release.include, event.user),
        deny: without(release.deny, event.user),
        approval: null,
        splitChangedAt: at,
      };
    case 'user-denied':
      return {
        ...release,
        include: without(release.include, event.user),
        deny: with_(release.deny, event.user),
        splitChangedAt: at,
      };
    case 'user-removed':
      return {
        ...release,
        include: without(release.include, event.user),
        deny: without(release.deny, event.user),
        approval: null,
        splitChangedAt: at,
      };
    case 'verdict-changed': {
      const {action, reasons, onset = null, footing = null} = event;
      return {...release, verdict: {action, reasons, at, onset, footing}};
    }
    case 'clock-held':
      return {
        ...release,
        clock: {...stopped(release.clock, Math.min(at, event.since ?? at)), held: event.why},
      };
    case 'clock-ran':
      return {
        ...release,
        clock: {
          ...release.clock,
          since: release.state === 'rolling' && release.disabled === null ? at : null,
          held: null,
        },
      };
  }
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
