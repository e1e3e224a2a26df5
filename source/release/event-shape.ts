import type {Approver, Wish} from './approval.ts';
import {DELIVERY_OUTCOMES} from './command.ts';
import {
  type Check,
  type Shape,
  type ShapeOf,
  VERDICT,
  areCauses,
  areCriteria,
  areSteps,
  isFlag,
  isMoment,
  isNumber,
  isReason,
  isRecord,
  isStepOutcome,
  isText,
  listOf,
  nullable,
  oneOf,
  optional,
  recordOf,
  wrongField,
} from './shape.ts';
import type {Event, EventType, UnknownEvent} from './event.ts';
import {isPercent} from './split.ts';
import {mistakeInPlan} from './plan-shape.ts';
import {ALERT_LEVELS, type Plan} from './plan.ts';

type Fields<K extends EventType> = ShapeOf<Extract<Event, {type: K}>>;
type Left = Fields<'phase-opening'>['left'] extends Check<infer T extends object> ? T : never;
type Cause = NonNullable<Extract<Event, {type: 'rollback-started'}>['cause']>;
type Delivery = {channel: string; deadline: number | null; again: number | null};

const isPlan: Check<Plan> = (value): value is Plan => mistakeInPlan(value as Plan) === null;
/** What a newer version keeps there does not make the event unreadable. */
const isFacts: Check<Record<string, number>> = recordOf<Record<string, number>>({});
/** A rollback takes effect whatever its cause says. */
const isAnyCause: Check<Cause | undefined> = (_): _ is Cause | undefined => true;
const isPercentage: Check<number> = (value): value is number => isPercent(value);
const isLeft: Check<Left> = recordOf<Left>({phase: isNumber, criteria: areCriteria});

const RELEASE = {release: isText};
const STEP = {...RELEASE, step: isText};
const USER = {...RELEASE, user: isText};
const ALERT = {alert: isText};
const START = {...RELEASE, version: isText, over: nullable(isText), plan: isPlan};

/** An approver of the log carries both names. */
const APPROVER = {by: isText, authenticated: isText};
const WISHES: Readonly<Record<Wish['type'], Shape>> = {
  next: {from: isNumber, criteria: areCriteria},
  set: {percent: isPercent, from: isNumber},
  complete: {},
  enable: {},
  include: {user: isText},
  remove: {user: isText},
};
const isWish: Check<Wish> = (value): value is Wish =>
  isRecord(value) &&
  isText(value['type']) &&
  Object.hasOwn(WISHES, value['type']) &&
  wrongField(value, WISHES[value['type'] as Wish['type']]) === null;

/**
 * Every field of every event, so that everything that follows from it can be told: the split above all, and the release
 * taken back. The compiler holds it against `event.ts`; a log that is never rewritten must not depend on every writer
 * having been compiled against this.
 */
const SHAPES: {readonly [K in EventType]: Fields<K>} = {
  'release-started': {...START, steps: areSteps},
  'phase-entered': {...RELEASE, phase: isNumber, percent: isPercentage, left: optional(isLeft)},
  'phase-opening': {
    ...RELEASE,
    to: isNumber,
    left: isLeft,
    wantedBy: oneOf(['person', 'guard']),
    steps: areSteps,
  },
  'percent-set': {...RELEASE, percent: isPercentage, from: isNumber},
  'release-paused': {...RELEASE, reason: nullable(isText), because: optional(areCauses)},
  'release-resumed': RELEASE,
  'promotion-started': {...RELEASE, steps: areSteps},
  'release-completed': RELEASE,
  'release-failed': {...STEP, error: nullable(isText)},
  'rollback-started': {
    ...RELEASE,
    fromPercent: isNumber,
    reason: nullable(isText),
    steps: areSteps,
    cause: isAnyCause,
  },
  'release-rolled-back': RELEASE,
  'release-banned': RELEASE,
  'start-queued': {...START, after: isText},
  'queued-start-cancelled': {...RELEASE, after: isText},
  'release-disabled': {
    ...RELEASE,
    why: oneOf(['person', 'approval', 'frozen']),
    reason: nullable(isText),
  },
  'release-enabled': RELEASE,
  'approval-asked': {
    ...RELEASE,
    number: isNumber,
    wish: isWish,
    wantedBy: oneOf(['person', 'guard']),
    reason: nullable(isText),
    approvers: listOf<Approver>(APPROVER),
  },
  'approval-given': {...RELEASE, number: isNumber, ...APPROVER},
  'gate-closed': {...STEP, words: isText},
  'unknown-accepted': {event: isText},
  'user-included': USER,
  'user-denied': USER,
  'user-removed': USER,
  'step-started': {...STEP, deadline: isMoment},
  'step-ended': {...STEP, outcome: isStepOutcome, error: nullable(isText), facts: isFacts},
  'step-retried': STEP,
  'alert-raised': {
    ...ALERT,
    level: oneOf(ALERT_LEVELS),
    message: isText,
    key: isText,
    silenced: isFlag,
    cause: optional(isReason),
  },
  'alert-repeated': ALERT,
  'alert-acknowledged': ALERT,
  'alert-resolved': ALERT,
  'alert-escalated': ALERT,
  'alerts-silenced': {silence: isText, match: isText, until: isMoment, reason: nullable(isText)},
  'delivery-begun': {
    dispatch: isText,
    channels: listOf<Delivery>({channel: isText, deadline: nullable(isMoment), again: nullable(isMoment)}),
  },
  'delivery-ended': {
    dispatch: isText,
    channel: isText,
    outcome: oneOf(DELIVERY_OUTCOMES),
    error: nullable(isText),
    again: nullable(isMoment),
    unsure: isFlag,
  },
  'guard-taken': {epoch: isNumber},
  'guard-left': {epoch: isNumber},
  'verdict-changed': {...RELEASE, ...VERDICT},
  'clock-held': {...RELEASE, why: isText, since: optional(isMoment)},
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
