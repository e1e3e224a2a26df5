import {isSilenced, justOver} from '../alerting.ts';
import type {Command} from '../command.ts';
import type {Event} from '../event.ts';
import {isId} from '../name.ts';
import type {AlertLevel} from '../plan.ts';
import {accept, already, refuse, type Decision} from '../refusal.ts';
import type {State} from '../state.ts';

type AlertCommand = Extract<Command, {type: 'alert' | 'acknowledge' | 'resolve' | 'silence'}>;

const RANK: Record<AlertLevel, number> = {info: 0, warning: 1, critical: 2};
const MESSAGE_AT_MOST = 2000;
const MATCH_AT_MOST = 200;
const SILENCES_AT_MOST = 100;
const SILENCE_AT_MOST_MS = 30 * 24 * 3600_000;

/** Decides commands about alerts. One condition has one alert: raised, acknowledged, resolved. */
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
      return decideSilence(state, command);
  }
}

function faultOf({level, message, key = ''}: Extract<Command, {type: 'alert'}>): string | null {
  if (!Object.hasOwn(RANK, level)) return 'the level is unknown';
  if (message.trim() === '') return 'the message is empty';
  const length = Math.max(message.length, key.length);
  return length > MESSAGE_AT_MOST ? `the message has ${length} characters` : null;
}

function decideRaise(state: State, command: Extract<Command, {type: 'alert'}>): Decision {
  const {alert, level, message, at} = command;
  const wrong = faultOf(command);
  if (wrong !== null)
    return refuse(
      'bad-input',
      `an alert needs a level and a message: ${wrong}`,
      `info, warning or critical, and up to ${MESSAGE_AT_MOST} characters`,
    );
  if (!isId(alert) || state.alerts.some(one => one.id === alert))
    return refuse(
      'bad-input',
      `an alert cannot have the id "${alert}"`,
      'a new id of up to 64 plain characters',
    );
  const key = command.key ?? message;
  const open = state.alerts.findLast(one => one.key === key && one.resolvedAt === null);
  if (open !== undefined && RANK[open.level] >= RANK[level]) {
    // A guard repeats an alert each second. Only a person's repetition is recorded.
    return command.by.kind === 'guard'
      ? already('already-so')
      : accept({type: 'alert-repeated', alert: open.id});
  }
  const before = command.by.kind === 'guard' ? justOver(state, key, at) : null;
  if (open === undefined && before !== null && RANK[before.level] >= RANK[level])
    return accept({type: 'alert-repeated', alert: before.id});
  const silenced = isSilenced(state, {key, message}, at);
  const cause = command.cause === undefined ? {} : {cause: command.cause};
  const raised: Event = {type: 'alert-raised', alert, level, message, key, silenced, ...cause};
  // The condition has become worse. It keeps one open alert, so the old one is resolved.
  return open === undefined ? accept(raised) : accept({type: 'alert-resolved', alert: open.id}, raised);
}

/**
 * Decides a silence. It replaces a silence with the same match, so that a silence can be extended or
 * shortened.
 */
function decideSilence(state: State, command: Extract<Command, {type: 'silence'}>): Decision {
  const {silence, match, forMs, at, reason} = command;
  const isMatch = match.trim() !== '' && match.length <= MATCH_AT_MOST;
  if (!isId(silence) || !isMatch || !(forMs > 0) || forMs > SILENCE_AT_MOST_MS) {
    return refuse(
      'bad-input',
      'a silence needs words to match and a time',
      'part of a message or *, for at most 30 days',
    );
  }
  const others = state.silences.filter(one => one.until > at && one.match !== match);
  if (others.length >= SILENCES_AT_MOST)
    return refuse(
      'bad-input',
      `there are ${others.length} silences already, which is the limit`,
      'silence a shorter text, or *',
    );
  return accept({type: 'alerts-silenced', silence, match, until: at + forMs, reason: reason ?? null});
}
