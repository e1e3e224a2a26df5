import {escalatesAt, isSilenced} from '../alerting.ts';
import type {Command} from '../command.ts';
import {deliveryOf, type Delivery} from '../dispatch.ts';
import {accept, already, refuse, type Decision} from '../refusal.ts';
import type {State} from '../state.ts';
import {startOf} from '../well-formed.ts';

type OutboxCommand = Extract<Command, {type: 'escalate' | 'begin-delivery' | 'end-delivery'}>;

const CHANNELS_AT_MOST = 50;
const NAME_AT_MOST = 64;
const ERROR_AT_MOST = 200;
/** Longest try, and longest pause before the next one, milliseconds. */
const LONGEST_MS = 3_600_000;

/**
 * Decides the commands about notifications: intent first, outcome later. A successor may begin a try whose
 * deadline has passed.
 */
export function decideOutbox(state: State, command: OutboxCommand): Decision {
  switch (command.type) {
    case 'escalate':
      return decideEscalate(state, command);
    case 'begin-delivery':
      return decideBegin(state, command);
    case 'end-delivery':
      return decideOutcome(state, command);
  }
}

function decideEscalate(
  state: State,
  {alert: id, afterMs, at}: Extract<Command, {type: 'escalate'}>,
): Decision {
  const alert = state.alerts.find(one => one.id === id);
  if (alert === undefined)
    return refuse('unknown-alert', `there is no alert ${id}`, 'graydeck status lists the alerts');
  if (!(afterMs > 0))
    return refuse('bad-input', `${afterMs} ms is no time to escalate after`, 'give more than 0 ms');
  const due = escalatesAt(alert, afterMs);
  return due === null || at < due || isSilenced(state, alert, at)
    ? already('already-so')
    : accept({type: 'alert-escalated', ignorable: true, alert: id});
}

function decideBegin(
  state: State,
  {dispatch: id, channels, by, at}: Extract<Command, {type: 'begin-delivery'}>,
): Decision {
  const dispatch = state.outbox.find(one => one.id === id);
  if (dispatch === undefined) return unknownDispatch(id);
  const isFit = channels.every(
    ({channel, deadlineMs, afterMs}) =>
      channel !== '' &&
      channel.length <= NAME_AT_MOST &&
      isWithin(deadlineMs, LONGEST_MS) &&
      isWithin(afterMs, LONGEST_MS),
  );
  if (!isFit || channels.length > CHANNELS_AT_MOST)
    return refuse(
      'bad-input',
      `at most ${CHANNELS_AT_MOST} channels, with names of 1 to ${NAME_AT_MOST} characters`,
      'times of 0 to 3600000 ms',
    );
  const isFirst = dispatch.deliveries === null;
  const begun = channels
    .filter(({channel}) => isFirst || mayBegin(deliveryOf(dispatch, channel), by.name, at))
    .map(({channel, deadlineMs, afterMs}) =>
      afterMs > 0
        ? {channel, deadline: null, again: at + afterMs}
        : {channel, deadline: at + deadlineMs, again: null},
    );
  return begun.length === 0 && !isFirst
    ? already('already-so')
    : accept({type: 'delivery-begun', ignorable: true, dispatch: id, channels: begun});
}

/** Whether a sender may begin a try: the next try is due, or the last sender's deadline has passed. */
function mayBegin(delivery: Delivery | null, by: string, at: number): boolean {
  switch (delivery?.state) {
    case 'waiting':
      return at >= (delivery.again ?? 0);
    case 'sending':
      return delivery.by === by || at >= (delivery.deadline ?? 0);
    case 'done':
    case 'failed':
    case undefined:
      return false;
  }
}

function decideOutcome(state: State, command: Extract<Command, {type: 'end-delivery'}>): Decision {
  const {dispatch: id, channel, outcome, error, afterMs = 0, unsure = false, by, at} = command;
  const dispatch = state.outbox.find(one => one.id === id);
  if (dispatch === undefined) return unknownDispatch(id);
  const delivery = deliveryOf(dispatch, channel);
  // After a takeover only the new sender's outcome counts. A successful delivery counts from any sender.
  const isOurs = delivery?.state === 'sending' && (delivery.by === by.name || outcome === 'done');
  if (!isOurs) return already('already-so');
  if (!isWithin(afterMs, LONGEST_MS))
    return refuse(
      'bad-input',
      `${afterMs} ms is not 0 to ${LONGEST_MS} ms`,
      'give a time of at most an hour',
    );
  return accept({
    type: 'delivery-ended',
    ignorable: true,
    dispatch: id,
    channel,
    outcome,
    error: error === undefined ? null : startOf(error, ERROR_AT_MOST),
    again: outcome === 'again' ? at + afterMs : null,
    unsure,
  });
}

function unknownDispatch(id: string): Decision {
  return refuse('unknown-dispatch', `there is no notification ${id}`, 'graydeck log shows what happened');
}

function isWithin(ms: number, most: number): boolean {
  return ms >= 0 && ms <= most;
}
