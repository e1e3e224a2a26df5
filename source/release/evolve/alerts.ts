import type {Event, Happened} from '../event.ts';
import type {Alert, State} from '../state.ts';

const ALERTS_KEPT = 100;

type AlertEvent = Extract<Event, {type: `alert-${string}` | 'alerts-silenced'}>;

export function evolveAlerts(
  state: State,
  event: AlertEvent,
  {at, by, authenticated = null}: Happened,
): State {
  switch (event.type) {
    case 'alert-raised': {
      const {alert: id, level, message, key, silenced, cause} = event;
      const alert: Alert = {
        id,
        level,
        message,
        key,
        ...(cause === undefined ? {} : {cause}),
        raisedAt: at,
        raisedBy: by,
        repeats: 0,
        acknowledgedBy: null,
        acknowledgedAs: null,
        acknowledgedAt: null,
        resolvedAt: null,
        silenced,
        reopenings: 0,
        reopenedAt: null,
        escalations: 0,
        escalatedAt: null,
      };
      return {...state, alerts: bounded([...state.alerts, alert])};
    }
    case 'alert-repeated':
      return change(state, event.alert, alert => {
        const again = {...alert, repeats: alert.repeats + 1};
        if (alert.resolvedAt === null) return again;
        return {...again, resolvedAt: null, reopenings: alert.reopenings + 1, reopenedAt: at};
      });
    case 'alert-escalated':
      return change(state, event.alert, alert => ({
        ...alert,
        escalations: alert.escalations + 1,
        escalatedAt: at,
      }));
    case 'alert-acknowledged':
      return change(state, event.alert, alert => ({
        ...alert,
        acknowledgedBy: by,
        acknowledgedAs: authenticated,
        acknowledgedAt: at,
      }));
    case 'alert-resolved':
      return change(state, event.alert, alert => ({...alert, resolvedAt: at}));
    case 'alerts-silenced': {
      const silence = {id: event.silence, match: event.match, until: event.until, by, reason: event.reason};
      const others = state.silences.filter(one => one.until > at && one.match !== event.match);
      return {...state, silences: [...others, silence]};
    }
  }
}

function change(state: State, id: string, make: (alert: Alert) => Alert): State {
  return {...state, alerts: state.alerts.map(alert => (alert.id === id ? make(alert) : alert))};
}

/** Drops the oldest settled alert if there are too many. Open alerts go last. */
function bounded(alerts: Alert[]): Alert[] {
  if (alerts.length <= ALERTS_KEPT) return alerts;
  const settled = alerts.findIndex(alert => alert.resolvedAt !== null || alert.acknowledgedAt !== null);
  return alerts.toSpliced(Math.max(0, settled), 1);
}
