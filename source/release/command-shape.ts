import {
  DELIVERY_OUTCOMES,
  type Actor,
  type Command,
  type CommandType,
  type Identity,
  type Intent,
  type Stamp,
} from './command.ts';
import {
  type Check,
  type Shape,
  type ShapeOf,
  VERDICT,
  areCauses,
  areCriteria,
  areFacts,
  isFlag,
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
import type {AlertLevel, Plan} from './plan.ts';
import type {Freeze} from './freeze.ts';

type Seen = NonNullable<Extract<Intent, {type: 'rollback'}>['seen']>;

/** Judged by `decide` itself, which has better words for it. */
const isAnyPercent: Check<number> = (_): _ is number => true;
const isAnyLevel: Check<AlertLevel> = (value): value is AlertLevel => isText(value);
/** A rollback must never be refused because of what the actor saw. */
const isAnySeen: Check<Seen | undefined> = (_): _ is Seen | undefined => true;
const isAnyPlan: Check<Plan> = (value): value is Plan => isRecord(value);

const RELEASE = {release: isText};
const USER = {...RELEASE, user: isText};
const STEP = {...RELEASE, step: isText};
const ALERT = {alert: isText};

const isIdentity: Check<Identity> = recordOf<Identity>({name: isText, shared: nullable(isText)});
const isFreeze: Check<Freeze> = recordOf<Freeze>({
  until: isNumber,
  reason: isText,
  by: isText,
  authenticated: nullable(isText),
});

const STAMP: ShapeOf<Stamp> = {
  by: recordOf<Actor>({
    name: isText,
    kind: oneOf(['person', 'guard']),
    epoch: optional(isNumber),
    identity: optional(isIdentity),
  }),
  at: isNumber,
  reason: optional(isText),
  freeze: optional(nullable(isFreeze)),
};

/**
 * Every field of every command. The compiler holds it against `command.ts`; a log that is never rewritten must not depend
 * on every caller having been compiled against this.
 */
const SHAPES: {readonly [K in CommandType]: ShapeOf<Extract<Intent, {type: K}>>} = {
  start: {
    ...RELEASE,
    version: isText,
    over: optional(isText),
    plan: isAnyPlan,
    supersede: optional(isFlag),
  },
  set: {...RELEASE, percent: isAnyPercent, from: optional(isNumber)},
  next: {...RELEASE, from: isNumber, criteria: optional(areCriteria)},
  pause: {...RELEASE, because: optional(areCauses)},
  resume: RELEASE,
  retry: {...RELEASE, step: optional(isText)},
  rollback: {...RELEASE, isLatched: optional(isFlag), seen: isAnySeen},
  complete: RELEASE,
  disable: RELEASE,
  enable: RELEASE,
  approve: {...RELEASE, number: optional(isNumber)},
  'tell-gate': {...STEP, words: isText, alert: isText},
  'accept-unknown': {event: isText},
  include: USER,
  deny: USER,
  remove: USER,
  alert: {...ALERT, level: isAnyLevel, message: isText, key: optional(isText), cause: optional(isReason)},
  acknowledge: ALERT,
  resolve: ALERT,
  silence: {silence: isText, match: isText, forMs: isNumber},
  escalate: {...ALERT, afterMs: isNumber},
  'begin-delivery': {
    dispatch: isText,
    channels: listOf<{channel: string; deadlineMs: number; afterMs: number}>({
      channel: isText,
      deadlineMs: isNumber,
      afterMs: isNumber,
    }),
  },
  'end-delivery': {
    dispatch: isText,
    channel: isText,
    outcome: oneOf(DELIVERY_OUTCOMES),
    error: optional(isText),
    afterMs: optional(isNumber),
    unsure: optional(isFlag),
  },
  'take-guard': {from: optional(isNumber)},
  'leave-guard': {},
  verdict: {...RELEASE, ...VERDICT},
  'hold-clock': {...RELEASE, why: isText, since: optional(isNumber)},
  'run-clock': RELEASE,
  'begin-step': {...STEP, deadlineMs: isNumber},
  'leave-step': STEP,
  'end-step': {
    ...STEP,
    outcome: isStepOutcome,
    error: optional(isText),
    facts: optional(areFacts),
  },
};

/**
 * Says what a command lacks; null if it is complete. A rollback needs only the name of its release. A missing
 * time, actor or reason must not prevent it.
 */
export function lackOf(command: Command): string | null {
  if (!isRecord(command)) return 'the input is no command';
  const type: unknown = command.type;
  if (!isText(type) || !Object.hasOwn(SHAPES, type)) return 'the command is unknown';
  const own: Shape = SHAPES[command.type];
  const field = wrongField(command, command.type === 'rollback' ? own : {...STAMP, ...own});
  return field === null ? null : `the field "${field}" is missing or has the wrong type`;
}
