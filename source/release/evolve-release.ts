import type {Event, Happened} from './event.ts';
import type {PhaseClock, Release, State} from './state.ts';

/** Newest releases whose rollback routers must remember. */
const ROLLED_BACK_KEPT = 16;
const PAST_KEPT = 50;

type ReleaseEvent = Extract<
  Event,
  {
    type:
      | `release-${string}`
      | `phase-${string}`
      | `percent-${string}`
      | `promotion-${string}`
      | `rollback-${string}`
      | `user-${string}`
      | `clock-${string}`
      | 'start-queued'
      | 'queued-start-cancelled'
      | 'verdict-changed';
  }
>;

/** What one event makes of the feature's release. Events of another release than the newest change nothing. */
export function evolveRelease(state: State, event: ReleaseEvent, happened: Happened): State {
  if (event.type === 'release-started') return started(state, event, happened);
  if (event.type === 'release-banned')
    return {...state, rolledBack: remembered(state.rolledBack, event.release)};
  const {release} = state;
  const target =
    event.type === 'start-queued' || event.type === 'queued-start-cancelled' ? event.after : event.release;
  if (release === null || release.id !== target) return state;
  if (event.type === 'release-completed') {
    const done: Release = {...release, state: 'completed', endedAt: happened.at};
    return {...state, release: done, prodVersion: release.version};
  }
  if (event.type === 'rollback-started') {
    const rolledBack = remembered(state.rolledBack, release.id);
    return {...state, rolledBack, release: takenBack(release, event, happened)};
  }
  if (event.type === 'release-rolled-back') {
    const isDemoted = release.steps.some(step => step.name === 'demote' && step.state === 'done');
    const prodVersion = isDemoted && state.prodVersion === release.version ? release.over : state.prodVersion;
    return {
      ...state,
      prodVersion,
      release: {...release, state: 'rolled_back', endedAt: happened.at},
    };
  }
  return {...state, release: moved(release, event, happened)};
}

function remembered(ids: string[], id: string): string[] {
  return [...ids.filter(other => other !== id), id].slice(-ROLLED_BACK_KEPT);
}

function started(state: State, event: Extract<Event, {type: 'release-started'}>, {at, by}: Happened): State {
  const {release: before} = state;
  const queued = before?.next;
  const past =
    before === null
      ? state.past
      : [
          ...state.past,
          {
            id: before.id,
            version: before.version,
            state: before.state,
            startedAt: before.startedAt,
            endedAt: before.endedAt,
          },
        ];
  const release: Release = {
    id: event.release,
    version: event.version,
    // What prod serves may only be known once the release before has been demoted.
    over: event.over ?? state.prodVersion,
    state: 'deploying',
    plan: event.plan,
    phase: -1,
    phaseEnteredAt: null,
    clock: {ranMs: 0, since: null, held: null},
    percent: 0,
    splitChangedAt: at,
    include: [],
    deny: [],
    startedAt: at,
    startedBy: queued?.release === event.release ? queued.by : by,
    endedAt: null,
    pausedReason: null,
    steps: event.steps,
    left: [],
    prodChanged: false,
    rollback: null,
    next: null,
    verdict: null,
  };
  return {...state, past: past.slice(-PAST_KEPT), release};
}

function takenBack(
  release: Release,
  event: Extract<Event, {type: 'rollback-started'}>,
  {at, by}: Happened,
): Release {
  return {
    ...release,
    state: 'rolling_back',
    percent: 0,
    splitChangedAt: at,
    clock: stopped(release.clock, at),
    endedAt: null,
    steps: [...release.steps, ...event.steps],
    rollback: {at, by, reason: event.reason, fromPercent: event.fromPercent},
  };
}

type MoveEvent = Exclude<
  ReleaseEvent,
  {
    type:
      'release-started' | 'release-completed' | 'rollback-started' | 'release-rolled-back' | 'release-banned';
  }
>;

function moved(release: Release, event: MoveEvent, {at, by}: Happened): Release {
  switch (event.type) {
    case 'phase-entered': {
      const left = event.left ? [...release.left, {...event.left, at}] : release.left;
      const clock: PhaseClock = {ranMs: 0, since: at, held: null};
      return {
        ...release,
        state: 'rolling',
        phase: event.phase,
        phaseEnteredAt: at,
        clock,
        percent: event.percent,
        splitChangedAt: at,
        left,
      };
    }
    case 'percent-set':
      return {...release, percent: event.percent, splitChangedAt: at};
    case 'release-paused':
      return {...release, state: 'paused', pausedReason: event.reason, clock: stopped(release.clock, at)};
    case 'release-resumed':
      return {
        ...release,
        state: 'rolling',
        pausedReason: null,
        clock: {...release.clock, since: release.clock.held === null ? at : null},
      };
    case 'promotion-started':
      return {
        ...release,
        state: 'promoting',
        percent: 100,
        splitChangedAt: at,
        pausedReason: null,
        clock: stopped(release.clock, at),
        steps: [...release.steps, ...event.steps],
      };
    case 'release-failed':
      return {...release, state: 'failed', clock: stopped(release.clock, at)};
    case 'start-queued':
      return {
        ...release,
        next: {release: event.release, version: event.version, over: event.over, plan: event.plan, by},
      };
    case 'queued-start-cancelled':
      return {...release, next: null};
    case 'user-included':
      return {
        ...release,
        include: with_(release.include, event.user),
        deny: without(release.deny, event.user),
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
        splitChangedAt: at,
      };
    case 'verdict-changed':
      return {...release, verdict: {action: event.action, reasons: event.reasons, at}};
    case 'clock-held':
      return {...release, clock: {...stopped(release.clock, at), held: event.why}};
    case 'clock-ran':
      return {
        ...release,
        clock: {...release.clock, since: release.state === 'rolling' ? at : null, held: null},
      };
  }
}

function stopped(clock: PhaseClock, at: number): PhaseClock {
  if (clock.since === null) return clock;
  // A clock that jumped back must not take time away that was already served.
  return {...clock, ranMs: clock.ranMs + Math.max(0, at - clock.since), since: null};
}

function with_(users: string[], user: string): string[] {
  return users.includes(user) ? users : [...users, user];
}

function without(users: string[], user: string): string[] {
  return users.filter(other => other !== user);
}
