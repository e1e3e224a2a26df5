import type {Wish} from './approval.ts';
import type {Event, EventType, UnknownEvent} from './event.ts';
import {isPercent} from './percent.ts';
import {mistakeInPlan} from './plan-shape.ts';
import type {Plan} from './plan.ts';
import {isFlag, isNumber, isRecord, isText, listOf, nullable, oneOf, optional, wrongField} from './shape.ts';
import type {Check, Shape} from './shape.ts';

const isPlan: Check = value => mistakeInPlan(value as Plan) === null;
const areSteps = listOf({
  id: isText,
  run: isText,
  name: isText,
  state: isText,
  attempts: isNumber,
  error: nullable(isText),
  facts: isRecord,
});
const areChecked = listOf({text: isText, outcome: isText});
const isLeft: Check = value =>
  isRecord(value) && wrongField(value, {phase: isNumber, criteria: areChecked}) === null;

const RELEASE: Shape = {release: isText};
const STEP: Shape = {...RELEASE, step: isText};
const USER: Shape = {...RELEASE, user: isText};
const ALERT: Shape = {alert: isText};
const isFigure = optional(nullable(isNumber));
const CAUSE: Shape = {
  code: isText,
  text: isText,
  metric: optional(nullable(isText)),
  value: isFigure,
  threshold: isFigure,
  samples: isFigure,
  windowSeconds: isFigure,
};
const isCause: Check = value => isRecord(value) && wrongField(value, CAUSE) === null;
/** Kinds of a newer version are kept, and this version overrules nothing by them. */
const areCauses = listOf({kind: isText});
const APPROVER: Shape = {by: isText, authenticated: isText};
const WISHES: Readonly<Record<Wish['type'], Shape>> = {
  next: {from: isNumber, criteria: areChecked},
  set: {percent: isPercent, from: isNumber},
  complete: {},
  enable: {},
  include: {user: isText},
  remove: {user: isText},
};
const isWish: Check = value =>
  isRecord(value) &&
  isText(value['type']) &&
  Object.hasOwn(WISHES, value['type']) &&
  wrongField(value, WISHES[value['type'] as Wish['type']]) === null;
const START: Shape = {...RELEASE, version: isText, over: nullable(isText), plan: isPlan};

/**
 * The fields that each event must have, so that state and split can be derived. A log is never rewritten, so
 * it must not depend on writers compiled against this version.
 */
const SHAPES: Readonly<Record<EventType, Shape>> = {
  'release-started': {...START, steps: areSteps},
  'phase-entered': {...RELEASE, phase: isNumber, percent: isPercent, left: optional(isLeft)},
  'phase-opening': {
    ...RELEASE,
    to: isNumber,
    left: isLeft,
    wantedBy: oneOf('person', 'guard'),
    steps: areSteps,
  },
  'percent-set': {...RELEASE, percent: isPercent, from: isNumber},
  'release-paused': {...RELEASE, reason: nullable(isText), because: optional(areCauses)},
  'release-resumed': RELEASE,
  'promotion-started': {...RELEASE, steps: areSteps},
  'release-completed': RELEASE,
  'release-failed': {...STEP, error: nullable(isText)},
  'rollback-started': {...RELEASE, fromPercent: isNumber, reason: nullable(isText), steps: areSteps},
  'release-rolled-back': RELEASE,
  'release-banned': RELEASE,
  'start-queued': {...START, after: isText},
  'queued-start-cancelled': {...RELEASE, after: isText},
  'release-disabled': {
    ...RELEASE,
    why: oneOf('person', 'approval', 'frozen'),
    reason: nullable(isText),
  },
  'release-enabled': RELEASE,
  'approval-asked': {
    ...RELEASE,
    number: isNumber,
    wish: isWish,
    wantedBy: oneOf('person', 'guard'),
    reason: nullable(isText),
    approvers: listOf(APPROVER),
  },
  'approval-given': {...RELEASE, number: isNumber, ...APPROVER},
  'gate-closed': {...STEP, words: isText},
  'unknown-accepted': {event: isText},
  'user-included': USER,
  'user-denied': USER,
  'user-removed': USER,
  'step-started': {...STEP, deadline: isNumber},
  'step-ended': {
    ...STEP,
    outcome: oneOf('done', 'failed', 'skipped'),
    error: nullable(isText),
    facts: isRecord,
  },
  'step-retried': STEP,
  'alert-raised': {
    ...ALERT,
    level: oneOf('info', 'warning', 'critical'),
    message: isText,
    key: isText,
    silenced: isFlag,
    cause: optional(isCause),
  },
  'alert-repeated': ALERT,
  'alert-acknowledged': ALERT,
  'alert-resolved': ALERT,
  'alert-escalated': ALERT,
  'alerts-silenced': {silence: isText, match: isText, until: isNumber, reason: nullable(isText)},
  'delivery-begun': {
    dispatch: isText,
    channels: listOf({channel: isText, deadline: nullable(isNumber), again: nullable(isNumber)}),
  },
  'delivery-ended': {
    dispatch: isText,
    channel: isText,
    outcome: oneOf('done', 'failed', 'again'),
    error: nullable(isText),
    again: nullable(isNumber),
    unsure: isFlag,
  },
  'guard-taken': {epoch: isNumber},
  'guard-left': {epoch: isNumber},
  'verdict-changed': {
    ...RELEASE,
    action: oneOf('advance', 'hold', 'pause', 'rollback'),
    reasons: listOf({code: isText, text: isText}),
    onset: optional(isNumber),
    footing: optional(oneOf('people', 'requests', 'history')),
  },
  'clock-held': {...RELEASE, why: isText, since: optional(isNumber)},
  'clock-ran': RELEASE,
};

/** Whether this version knows the type of an event. The event may still lack fields. */
export function isKnownEvent(event: Event | UnknownEvent): event is Event {
  return Object.hasOwn(SHAPES, event.type);
}

/**
 * Returns the event, or a placeholder if it lacks fields that its type needs. The placeholder keeps the name
 * and `ignorable`.
 */
export function readable(event: Event | UnknownEvent): Event | UnknownEvent {
  if (!isKnownEvent(event) || wrongField({...event}, SHAPES[event.type]) === null) return event;
  const isIgnorable = 'ignorable' in event && event.ignorable;
  return {type: `${event.type}, unreadable`, ...(isIgnorable ? {ignorable: true} : {})};
}
