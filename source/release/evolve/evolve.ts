import type {Commit} from '../commit.ts';
import {SCHEMA} from '../commit.ts';
import {readable} from '../event-shape.ts';
import type {Event, Happened, UnknownEvent} from '../event.ts';
import {evolveAlerts} from './alerts.ts';
import {evolveOutbox} from './outbox.ts';
import {evolveRelease} from './release.ts';
import {evolveStep} from './step.ts';
import type {State} from '../state.ts';

/** Folds an event into the state. All state comes from this function. */
export function evolve(state: State, event: Event | UnknownEvent, happened: Happened): State {
  const known = readable(event) as Event;
  return evolveOutbox(evolveKnown(state, known, happened), known, happened);
}

function evolveKnown(state: State, known: Event, happened: Happened): State {
  switch (known.type) {
    case 'release-started':
    case 'phase-entered':
    case 'phase-opening':
    case 'percent-set':
    case 'release-paused':
    case 'release-resumed':
    case 'promotion-started':
    case 'release-completed':
    case 'release-failed':
    case 'rollback-started':
    case 'release-rolled-back':
    case 'release-banned':
    case 'start-queued':
    case 'queued-start-cancelled':
    case 'release-disabled':
    case 'release-enabled':
    case 'approval-asked':
    case 'approval-given':
    case 'user-included':
    case 'user-denied':
    case 'user-removed':
    case 'verdict-changed':
    case 'clock-held':
    case 'clock-ran':
      return evolveRelease(state, known, happened);
    case 'step-started':
    case 'step-ended':
    case 'step-retried':
    case 'gate-closed':
      return evolveStep(state, known, happened);
    case 'alert-raised':
    case 'alert-repeated':
    case 'alert-acknowledged':
    case 'alert-resolved':
    case 'alert-escalated':
    case 'alerts-silenced':
      return evolveAlerts(state, known, happened);
    case 'unknown-accepted':
      return state.unknownEvent === known.event ? {...state, unknownEvent: null} : state;
    case 'guard-taken':
      return {...state, guard: {epoch: known.epoch, name: happened.by, since: happened.at, left: false}};
    case 'guard-left':
      return state.guard?.epoch === known.epoch ? {...state, guard: {...state.guard, left: true}} : state;
    case 'delivery-begun':
    case 'delivery-ended':
      // They change only the outbox.
      return state;
    default:
      return evolveUnknown(state, known satisfies never);
  }
}

/** Marks the state as unknown for an event of a newer Graydeck, unless the event is ignorable. */
function evolveUnknown(state: State, event: UnknownEvent): State {
  return event.ignorable === true || state.unknownEvent !== null
    ? state
    : {...state, unknownEvent: event.type};
}

/**
 * Folds a commit into the state. Never throws. An event that this version cannot read makes the feature
 * read-only except for rollback.
 */
export function evolveCommit(state: State, commit: Commit): State {
  let next = state;
  if (commit.minReader > SCHEMA) next = evolveUnknown(next, {type: `schema ${commit.minReader}`});
  const {at, by, authenticated, version, id} = commit;
  const happened: Happened = {at, by, authenticated: authenticated ?? null, head: {version, id}};
  for (const event of commit.events) {
    try {
      next = evolve(next, event, happened);
    } catch {
      next = evolveUnknown(next, {...event, type: `${event.type}, unreadable`});
    }
  }
  return next;
}
