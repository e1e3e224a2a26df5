import {startOf} from './well-formed.ts';
import type {Actor} from './command.ts';
import {isName} from './name.ts';
import {wallClock} from './raise-hours.ts';
import type {Refusal} from './refusal.ts';
import {isNumber, isRecord, isText, nullable, wrongField} from './shape.ts';

/** A freeze: no release of any feature in the store is raised. A rollback is never frozen. */
export interface Freeze {
  /** Milliseconds since 1970. */
  until: number;
  reason: string;
  by: string;
  /** The user that the store or the token knows; null if it is not known. */
  authenticated: string | null;
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
}

/** An entry of the small log of freezes. The newest one counts. */
export type FreezeEntry =
  | ({type: 'freeze'} & Freeze)
  | {type: 'lift'; reason: string | null; by: string; authenticated: string | null; at: number};

/** What a person wants of the freeze. */
export type FreezeIntent = {type: 'freeze'; until: number; reason: string} | {type: 'lift'; reason?: string};

export type FreezeDecision = {ok: true; entry: FreezeEntry | null} | {ok: false; refusal: Refusal};

/** A freeze lasts at most 90 days. */
const FREEZE_AT_MOST_MS = 90 * 24 * 3_600_000;
const REASON_AT_MOST = 300;

/** Decides what is written. Null: nothing, because no freeze is on that could be lifted. */
export function decideFreeze(
  current: Freeze | null,
  intent: FreezeIntent,
  {by, at}: {by: Actor; at: number},
): FreezeDecision {
  const who = {by: by.name, authenticated: by.identity?.name ?? null, at};
  if (intent.type === 'lift') {
    if (current === null || !isFrozen(current, at)) return {ok: true, entry: null};
    return {ok: true, entry: {type: 'lift', reason: intent.reason ?? null, ...who}};
  }
  const {until, reason} = intent;
  if (!isNumber(until) || until <= at || until > at + FREEZE_AT_MOST_MS)
    return no('a freeze ends after now and within 90 days', '--until 2h, or --until 2026-12-27T08:00');
  if (!isName(reason, REASON_AT_MOST))
    return no('a freeze needs a reason on one line', `--reason "up to ${REASON_AT_MOST} plain characters"`);
  return {ok: true, entry: {type: 'freeze', until, reason, ...who}};
}

function no(message: string, remedy: string): FreezeDecision {
  return {ok: false, refusal: {code: 'bad-input', message, remedy}};
}

/** The freeze that an entry stands for, whether it is over or not; null: none, or a lifted one. */
export function freezeOf(entry: FreezeEntry | null): Freeze | null {
  if (entry?.type !== 'freeze') return null;
  const {until, reason, by, authenticated, at} = entry;
  return {until, reason, by, authenticated, at};
}

/** Reads an entry back. What is no entry of this version counts as a freeze: nothing is raised by mistake. */
export function readFreezeEntry(value: unknown): FreezeEntry {
  const who = {by: isText, authenticated: nullable(isText), at: isNumber};
  if (isRecord(value)) {
    if (value['type'] === 'lift' && wrongField(value, who) === null) return value as unknown as FreezeEntry;
    const isWhole = wrongField(value, {...who, until: isNumber, reason: isText}) === null;
    if (value['type'] === 'freeze' && isWhole) return value as unknown as FreezeEntry;
  }
  const reason = 'the newest freeze cannot be read';
  return {type: 'freeze', until: Number.MAX_SAFE_INTEGER, reason, by: '', authenticated: null, at: 0};
}

export function isFrozen({until}: Freeze, at: number): boolean {
  return at < until;
}

/** A freeze in words, for a refusal: until when, why, and by whom. */
export function freezeWords({until, reason, by, authenticated}: Freeze): string {
  const end = until >= Number.MAX_SAFE_INTEGER ? '' : ` until ${minuteOf(until)} UTC`;
  const who =
    by === '' ? '' : `, by ${startOf(by, 80)}${authenticated === null ? '' : ` (${authenticated})`}`;
  return `raises are frozen${end}: ${reason}${who}`;
}

function minuteOf(at: number): string {
  const {date, minute} = wallClock('UTC', at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
