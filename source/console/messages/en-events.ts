import type {Wish} from '../../release/approval.ts';
import type {Event, EventType} from '../../release/event.ts';
import {setPercent} from '../../text/format.ts';
import type {EventAbout} from './event-about.ts';
import {dayAndTime} from '../present/moment.ts';

type Sentences = {[T in EventType]: (event: Extract<Event, {type: T}>, about: EventAbout) => string};

function because({reason}: EventAbout): string {
  return reason === null || reason === '' ? '' : `: "${reason}"`;
}

const DELIVERED = {done: 'has it', failed: 'will not have it', again: 'is notified again'} as const;

/** What a message is about, by the words of its id. */
function subject(dispatch: string, {alert, step}: EventAbout): string {
  const [kind = '', what = '', more = ''] = dispatch.split(' ');
  if (kind === 'rollback') return 'the rollback';
  if (kind === 'completed') return 'the completion';
  return kind === 'failed' ? `${step(more)} failed` : `${kind === 'raised' ? '' : `${kind}: `}${alert(what)}`;
}

/** A raise that waits for a second person. */
export function wishWords(wish: Wish, {user}: Pick<EventAbout, 'user'>): string {
  switch (wish.type) {
    case 'next':
      return 'the next phase';
    case 'set':
      return `${setPercent(wish.from)} → ${setPercent(wish.percent)}`;
    case 'complete':
      return 'completion';
    case 'enable':
      return 'enable gray';
    case 'include':
      return `include user ${user(wish.user)}`;
    case 'remove':
      return `no longer deny user ${user(wish.user)}`;
  }
}

/** What happened, in one row. Who and when stand beside it. */
export const enEvents: Sentences = {
  'release-started': ({version, over}, {name}) =>
    `started ${name(version)}${over === null ? '' : ` over ${name(over)}`}`,
  'phase-entered': ({phase, percent}, {phases, reason}) =>
    `phase ${phase + 1} ${phases[phase]?.name ?? ''}, ${setPercent(percent)}${reason === null ? '' : `: "${reason}"`}`,
  'phase-opening': ({to}, {phases}) =>
    `on the way to ${phases[to] === undefined ? 'promotion' : `phase ${to + 1} ${phases[to].name}`}: its hooks come first`,
  'percent-set': ({from, percent}, about) => `${setPercent(from)} → ${setPercent(percent)}${because(about)}`,
  'release-paused': (_, about) => `paused${because(about)}`,
  'release-resumed': (_, about) => `resumed${because(about)}`,
  'promotion-started': () => 'promotion started: everyone to gray, then prod is upgraded',
  'release-completed': () => 'completed: prod is the new version',
  'release-failed': ({step: id, error}, {step, free}) =>
    `failed at ${step(id)}${error === null ? '' : `: ${free(error)}`}`,
  'rollback-started': ({fromPercent}, about) => `rollback, ${setPercent(fromPercent)} → 0 %${because(about)}`,
  'release-rolled-back': () => 'rolled back: every step has ended',
  'release-banned': ({release}, {name}) => `release ${name(release)} may never be served again`,
  'start-queued': ({version}, {name}) => `${name(version)} starts once this one is rolled back`,
  'queued-start-cancelled': () => 'the start that waited is cancelled',
  'release-disabled': ({why, reason}, {free}) =>
    `disabled, prod for everyone${
      {
        person: '',
        approval: ': a second person enables it (graydeck approve)',
        frozen: ': the store is frozen',
      }[why]
    }${reason === null ? '' : `: "${free(reason)}"`}`,
  'release-enabled': (_, about) => `enabled: users get gray again${because(about)}`,
  'approval-asked': ({number, wish, approvers}, about) =>
    `raise ${number} waits for ${Math.max(1, 2 - approvers.length) === 1 ? 'a second person' : 'two people'}: ${wishWords(wish, about)}`,
  'approval-given': ({number, by}, {name}) => `${name(by)} says yes to raise ${number}`,
  'gate-closed': ({step: id, words}, {step, free}) =>
    `${step(id)} has not opened${words === '' ? '' : `: ${free(words)}`}`,
  'unknown-accepted': ({event}, {name, reason}) =>
    `passed over "${name(event)}", which this version does not know${reason === null ? '' : `: "${reason}"`}`,
  'user-included': ({user: id}, {user}) => `user ${user(id)} always gets gray`,
  'user-denied': ({user: id}, {user}) => `user ${user(id)} never gets gray`,
  'user-removed': ({user: id}, {user}) => `user ${user(id)} is taken off both lists`,
  'step-started': ({step: id}, {step}) => `${step(id)} began`,
  'step-ended': ({step: id, outcome, error}, {step, free}) =>
    `${step(id)} ${outcome}${error === null ? '' : `: ${free(error)}`}`,
  'step-retried': ({step: id}, {step}) => `${step(id)} is tried again`,
  'alert-raised': ({level, ...alert}, {says}) => `${level.toUpperCase()} ${says(alert)}`,
  'alert-repeated': ({alert: id}, {alert}) => `again: ${alert(id)}`,
  'alert-acknowledged': ({alert: id}, {alert}) => `acknowledged: ${alert(id)}`,
  'alert-resolved': ({alert: id}, {alert}) => `over: ${alert(id)}`,
  'alert-escalated': ({alert: id}, {alert}) => `not acknowledged: ${alert(id)}`,
  'alerts-silenced': ({match, until, reason}, {free}) =>
    `alerts with "${free(match)}" are silenced until ${dayAndTime(until)}${reason === null ? '' : `: "${free(reason)}"`}`,
  'delivery-begun': ({dispatch, channels}, about) =>
    `notifying ${channels.map(({channel}) => about.name(channel)).join(', ') || 'no channel'}: ${subject(dispatch, about)}`,
  'delivery-ended': ({dispatch, channel, outcome, error}, about) =>
    `${about.name(channel)} ${DELIVERED[outcome]}${error === null ? '' : ` (${about.free(error)})`}: ${subject(dispatch, about)}`,
  'guard-taken': () => 'a guard has taken over',
  'guard-left': () => 'the guard has left: the release is not judged',
  'verdict-changed': ({action, reasons}, {free}) =>
    `verdict ${action}${reasons[0] === undefined ? '' : `: ${free(reasons[0].text)}`}`,
  'clock-held': ({why}, {free}) => `the phase clock stands: ${free(why)}`,
  'clock-ran': () => 'the phase clock runs again',
};
