import {COOL_DOWN_MS} from '../alerting.ts';
import {isSettled, type Delivery, type Dispatch} from '../dispatch.ts';
import type {Event, Happened} from '../event.ts';
import type {State} from '../state.ts';
import {isCurrent} from '../step.ts';

/** Most dispatches kept. Settled ones are dropped first. */
const KEPT = 300;

/**
 * Folds an event into the outbox: a new notification, or the progress of a channel. `state` is the state
 * after the event.
 */
export function evolveOutbox(state: State, event: Event, happened: Happened): State {
  switch (event.type) {
    case 'delivery-begun':
      return change(state, event.dispatch, dispatch => begun(dispatch, event, happened));
    case 'delivery-ended':
      return change(state, event.dispatch, dispatch => ended(dispatch, event, happened));
    case 'step-retried':
      return event.step === 'rollback.notify'
        ? change(state, `rollback ${event.release}`, dispatch => tryNow(dispatch, happened))
        : state;
    case 'alert-repeated': {
      // The alert has reopened, so its end is not notified.
      const isOver = ({kind, alert, deliveries}: Dispatch) =>
        kind === 'over' && alert === event.alert && deliveries === null;
      return state.outbox.some(one => isOver(one))
        ? {...state, outbox: state.outbox.filter(one => !isOver(one))}
        : state;
    }
    default: {
      const news = newsOf(state, event, happened);
      if (news === null || state.outbox.some(({id}) => id === news.id)) return state;
      const {at, by, authenticated = null, head = null} = happened;
      const release = state.release?.id ?? null;
      const dispatch = {notBefore: at, ...news, at, by, authenticated, head, release, deliveries: null};
      return {...state, outbox: bounded([...state.outbox, dispatch])};
    }
  }
}

type News = Pick<Dispatch, 'id' | 'kind' | 'level' | 'alert' | 'text'> & {notBefore?: number};

/** The notification that follows from an event; null if none does. */
function newsOf(state: State, event: Event, {at}: Happened): News | null {
  // Events of a superseded release are not notified.
  if ('release' in event && event.release !== state.release?.id) return null;
  switch (event.type) {
    case 'alert-raised': {
      const {alert, level, message: text} = event;
      return {id: `raised ${alert}`, kind: 'raised', level, alert, text};
    }
    case 'alert-escalated': {
      const {id, message: text, escalations} = state.alerts.find(one => one.id === event.alert) ?? {};
      if (id === undefined || text === undefined) return null;
      return {id: `escalated ${id} ${escalations}`, kind: 'escalated', level: 'critical', alert: id, text};
    }
    case 'alert-resolved': {
      const {id, message: text, reopenings} = state.alerts.find(one => one.id === event.alert) ?? {};
      if (id === undefined || text === undefined) return null;
      const notBefore = at + COOL_DOWN_MS;
      return {id: `over ${id} ${reopenings}`, kind: 'over', level: 'info', alert: id, text, notBefore};
    }
    case 'rollback-started': {
      const {release, fromPercent, reason} = event;
      const text = `from ${fromPercent} %${reason === null ? '' : `: ${reason}`}`;
      return {id: `rollback ${release}`, kind: 'rollback', level: 'critical', alert: null, text};
    }
    case 'step-ended': {
      // A failed notification step is notified as an alert about the channel.
      if (event.outcome !== 'failed' || event.step === 'rollback.notify') return null;
      const {release} = state;
      const step = release?.steps.find(({id}) => id === event.step);
      // A step that a pause or a rollback has stopped did not fail.
      if (release && step && !isCurrent(release, step)) return null;
      const attempts = step?.attempts ?? 0;
      return {
        id: `failed ${event.release} ${event.step} ${attempts}`,
        kind: 'failed',
        // A failed clean-up does not harm users.
        level: event.step === 'promotion.cleanup' ? 'warning' : 'critical',
        alert: null,
        text: `${event.step}${event.error === null ? '' : `: ${event.error}`}`,
      };
    }
    case 'release-completed':
      return {id: `completed ${event.release}`, kind: 'completed', level: 'info', alert: null, text: ''};
    default:
      return null;
  }
}

function begun(
  dispatch: Dispatch,
  {channels}: Extract<Event, {type: 'delivery-begun'}>,
  {at, by}: Happened,
): Dispatch {
  const deliveries = [...(dispatch.deliveries ?? [])];
  for (const {channel, deadline, again} of channels) {
    const index = deliveries.findIndex(one => one.channel === channel);
    const before = deliveries[index];
    const delivery: Delivery = {
      channel,
      state: deadline === null ? 'waiting' : 'sending',
      attempts: (before?.attempts ?? 0) + (deadline === null ? 0 : 1),
      by,
      at,
      deadline,
      again,
      // The last sender never recorded an outcome.
      isUnsure: (before?.isUnsure ?? false) || before?.state === 'sending',
      error: before?.error ?? null,
    };
    if (before === undefined) deliveries.push(delivery);
    else deliveries[index] = delivery;
  }
  return {...dispatch, deliveries};
}

function ended(
  dispatch: Dispatch,
  {channel, outcome, error, again, unsure}: Extract<Event, {type: 'delivery-ended'}>,
  {at}: Happened,
): Dispatch {
  const deliveries = (dispatch.deliveries ?? []).map((one): Delivery =>
    one.channel === channel
      ? {
          ...one,
          state: outcome === 'again' ? 'waiting' : outcome,
          at,
          deadline: null,
          again,
          isUnsure: one.isUnsure || unsure,
          error,
        }
      : one,
  );
  return {...dispatch, deliveries};
}

/** Makes the waiting and failed channels due now, because a person asked for a retry. */
function tryNow(dispatch: Dispatch, {at}: Happened): Dispatch {
  const deliveries = dispatch.deliveries?.map((one): Delivery =>
    one.state === 'waiting' || one.state === 'failed' ? {...one, state: 'waiting', again: at} : one,
  );
  return {...dispatch, deliveries: deliveries ?? null};
}

function change(state: State, id: string, make: (dispatch: Dispatch) => Dispatch): State {
  return {...state, outbox: state.outbox.map(one => (one.id === id ? make(one) : one))};
}

function bounded(outbox: Dispatch[]): Dispatch[] {
  if (outbox.length <= KEPT) return outbox;
  return outbox.toSpliced(Math.max(0, outbox.findIndex(isSettled)), 1);
}
