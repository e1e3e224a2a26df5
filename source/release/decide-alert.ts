import type {Command} from './command.ts';
import type {AlertLevel} from './plan.ts';
import {accept, already, refuse, type Decision} from './refusal.ts';
import type {State} from './state.ts';

type AlertCommand = Extract<Command, {type: 'alert' | 'acknowledge' | 'resolve' | 'silence'}>;

const RANK: Record<AlertLevel, number> = {info: 0, warning: 1, critical: 2};
const MESSAGE_AT_MOST = 2000;
const SILENCE_AT_MOST_MS = 30 * 24 * 3600_000;

/** One condition, one alert with a life: raised, acknowledged, resolved. */
export function decideAlert(state: State, command: AlertCommand): Decision {
  switch (command.type) {
    case 'alert':
      return decideRaise(state, command);
    case 'acknowledge':
    case 'resolve': {
      const alert = state.alerts.find(one => one.id === command.alert);
      if (alert === undefined)
        return refuse(
          'unknown-alert',
          `there is no alert ${command.alert}`,
          'graydeck status lists the alerts',
        );
      if (command.type === 'resolve') {
        return alert.resolvedAt === null
          ? accept({type: 'alert-resolved', alert: alert.id})
          : already('already-so');
      }
      return alert.acknowledgedAt === null
        ? accept({type: 'alert-acknowledged', alert: alert.id})
        : already('already-so');
    }
    case 'silence':
      return decideSilence(command);
  }
}

function decideRaise(state: State, command: Extract<Command, {type: 'alert'}>): Decision {
  const {alert, level, message, at} = command;
  if (
    typeof message !== 'string' ||
    message.trim() === '' ||
    message.length > MESSAGE_AT_MOST ||
    !(level in RANK)
  ) {
    return refuse(
      'bad-input',
      'an alert needs a level and a message',
      `info, warning or critical, and up to ${MESSAGE_AT_MOST} characters`,
    );
  }
  const key = command.key ?? message;
  const open = state.alerts.findLast(one => one.key === key && one.resolvedAt === null);
  if (open !== undefined && RANK[open.level] >= RANK[level]) {
    // A guard says the same each second; a person who says it again means it.
    return command.by.kind === 'guard'
      ? already('already-so')
      : accept({type: 'alert-repeated', alert: open.id});
  }
  const isSilenced = state.silences.some(({match, until}) => until > at && matches(match, key, message));
  return accept({type: 'alert-raised', alert, level, message, key, silenced: isSilenced});
}

function matches(match: string, key: string, message: string): boolean {
  const wanted = match.toLowerCase();
  return wanted === '*' || key.toLowerCase().includes(wanted) || message.toLowerCase().includes(wanted);
}

function decideSilence({silence, match, forMs, at, reason}: Extract<Command, {type: 'silence'}>): Decision {
  if (typeof match !== 'string' || match.trim() === '' || !(forMs > 0) || forMs > SILENCE_AT_MOST_MS) {
    return refuse(
      'bad-input',
      'a silence needs words to match and a time',
      'part of a message or *, for at most 30 days',
    );
  }
  return accept({type: 'alerts-silenced', silence, match, until: at + forMs, reason: reason ?? null});
}
