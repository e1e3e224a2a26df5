import {readCause} from '../cause.ts';
import type {Event, Happened} from '../event.ts';
import {evolveMove, stopped, type MoveEvent} from './move.ts';
import type {Release, State} from '../state.ts';
import {skipped} from '../step.ts';

/** Most rolled-back releases in a split. */
const ROLLED_BACK_KEPT = 16;
const PAST_KEPT = 50;

type ReleaseEvent =
  | MoveEvent
  | Extract<
      Event,
      {
        type:
          | 'release-started'
          | 'release-banned'
          | 'release-completed'
          | 'rollback-started'
          | 'release-rolled-back';
      }
    >;

/** Folds an event into the feature's release. Events of another release change nothing. */
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
  return {...state, release: evolveMove(release, event, happened)};
}

function remembered(ids: string[], id: string): string[] {
  return [...ids.filter(other => other !== id), id].slice(-ROLLED_BACK_KEPT);
}

function started(
  state: State,
  event: Extract<Event, {type: 'release-started'}>,
  {at, by, authenticated = null}: Happened,
): State {
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
    // Prod's version may be known only after the previous release has been demoted.
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
    startedAs: queued?.release === event.release ? queued.authenticated : authenticated,
    endedAt: null,
    pausedReason: null,
    pausedBecause: [],
    overruled: [],
    steps: event.steps,
    left: [],
    opening: null,
    prodChanged: false,
    rollback: null,
    next: null,
    disabled: null,
    approval: null,
    approvals: 0,
    verdict: null,
  };
  return {...state, past: past.slice(-PAST_KEPT), release};
}

function takenBack(
  release: Release,
  event: Extract<Event, {type: 'rollback-started'}>,
  {at, by, authenticated = null}: Happened,
): Release {
  return {
    ...release,
    opening: null,
    approval: null,
    disabled: null,
    state: 'rolling_back',
    percent: 0,
    splitChangedAt: at,
    clock: stopped(release.clock, at),
    endedAt: null,
    // Steps that have not begun are skipped. A running step may still record its outcome.
    steps: [
      ...release.steps.map(step => (step.state === 'pending' ? skipped(step, at) : step)),
      ...event.steps,
    ],
    rollback: {
      at,
      by,
      authenticated,
      reason: event.reason,
      fromPercent: event.fromPercent,
      cause: readCause(event.cause),
    },
  };
}
