import type {Command, CommandType} from './command.ts';
import {isFlag, isNumber, isRecord, isText, listOf, nullable, oneOf, optional, wrongField} from './shape.ts';
import type {Check, Shape} from './shape.ts';

const CAUSE: Shape = {code: isText, text: isText};
const isCause: Check = value => isRecord(value) && wrongField(value, CAUSE) === null;
/** `decide` checks the value itself, with a better message. */
const isAnything: Check = () => true;

const isIdentity: Check = value =>
  isRecord(value) && wrongField(value, {name: isText, shared: nullable(isText)}) === null;

const isFreeze: Check = value =>
  isRecord(value) &&
  wrongField(value, {until: isNumber, reason: isText, by: isText, authenticated: nullable(isText)}) === null;

const STAMP: Shape = {
  by: value =>
    isRecord(value) &&
    isText(value['name']) &&
    (value['kind'] === 'person' || value['kind'] === 'guard') &&
    optional(isNumber)(value['epoch']) &&
    optional(isIdentity)(value['identity']),
  at: isNumber,
  reason: optional(isText),
  freeze: optional(nullable(isFreeze)),
};

/**
 * The fields that each command must have. The compiler checks them, too, but a log is never rewritten, so it
 * must not depend on callers compiled against this version.
 */
const SHAPES: Readonly<Record<CommandType, Shape>> = {
  start: {
    release: isText,
    version: isText,
    over: optional(isText),
    plan: isRecord,
    supersede: optional(isFlag),
  },
  set: {release: isText, percent: isAnything, from: optional(isNumber)},
  next: {release: isText, from: isNumber, criteria: optional(listOf({text: isText, outcome: isText}))},
  pause: {release: isText, because: optional(listOf({kind: isText}))},
  resume: {release: isText},
  retry: {release: isText, step: optional(isText)},
  rollback: {release: isText, isLatched: optional(isFlag)},
  complete: {release: isText},
  disable: {release: isText},
  enable: {release: isText},
  approve: {release: isText, number: optional(isNumber)},
  'tell-gate': {release: isText, step: isText, words: isText, alert: isText},
  'accept-unknown': {event: isText},
  include: {release: isText, user: isText},
  deny: {release: isText, user: isText},
  remove: {release: isText, user: isText},
  alert: {alert: isText, level: isText, message: isText, key: optional(isText), cause: optional(isCause)},
  acknowledge: {alert: isText},
  resolve: {alert: isText},
  silence: {silence: isText, match: isText, forMs: isNumber},
  escalate: {alert: isText, afterMs: isNumber},
  'begin-delivery': {
    dispatch: isText,
    channels: listOf({channel: isText, deadlineMs: isNumber, afterMs: isNumber}),
  },
  'end-delivery': {
    dispatch: isText,
    channel: isText,
    outcome: oneOf('done', 'failed', 'again'),
    error: optional(isText),
    afterMs: optional(isNumber),
    unsure: optional(isFlag),
  },
  'take-guard': {from: optional(isNumber)},
  'leave-guard': {},
  verdict: {
    release: isText,
    action: oneOf('advance', 'hold', 'pause', 'rollback'),
    reasons: listOf({code: isText, text: isText}),
  },
  'hold-clock': {release: isText, why: isText, since: optional(isNumber)},
  'run-clock': {release: isText},
  'begin-step': {release: isText, step: isText, deadlineMs: isNumber},
  'leave-step': {release: isText, step: isText},
  'end-step': {
    release: isText,
    step: isText,
    outcome: oneOf('done', 'failed', 'skipped'),
    error: optional(isText),
    facts: optional(value => isRecord(value) && Object.values(value).every(isNumber)),
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
  const own = SHAPES[command.type];
  const field = wrongField(command, command.type === 'rollback' ? own : {...STAMP, ...own});
  return field === null ? null : `the field "${field}" is missing or has the wrong type`;
}
