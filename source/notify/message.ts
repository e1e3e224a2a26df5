import {authorOf} from '../release/commit.ts';
import type {AlertLevel} from '../release/plan.ts';
import type {Dispatch, DispatchKind} from '../release/dispatch.ts';
import {own} from '../release/name.ts';
import type {Alert, Reason, Release, State} from '../release/state.ts';
import {CHANNEL_KEY} from './due.ts';
import {messageWords, type MessageWords} from './words.ts';
import type {Language} from '../text/language.ts';

/** What a channel is given to say. All text in it is plain. */
export interface Message {
  /** The same for each try, so that a receiver can know a repeat: `new_payment/raised a-7k2m9x`. */
  id: string;
  kind: DispatchKind | 'test';
  level: AlertLevel;
  feature: string;
  /** Null: no release was at hand. */
  release: {id: string; version: string; over: string | null; state: string; percent: number} | null;
  /** The alert it speaks of, and whether it is over by now. */
  alert: {id: string; isOver: boolean} | null;
  /** What was measured; null: it is about no number. */
  measured: Measured | null;
  /** `CRITICAL`, `ROLLBACK`: the first word people read. */
  word: string;
  /** What happened, in one sentence. */
  text: string;
  by: string;
  /** The user that the store or the token knows; null: not known. */
  authenticated: string | null;
  /** The commit that caused it; its id vouches for the log up to there (`graydeck log verify`). Null: not known. */
  head: {version: number; id: string} | null;
  /** When it happened, milliseconds since 1970. */
  at: number;
  /** What else to know and to do, a line each. */
  lines: string[];
  contacts: Record<string, string>;
  attempt: number;
  /** A try before may have got through. */
  mayBeRepeat: boolean;
  /** That, in words; null: it is the first try. */
  repeat: {long: string; short: string} | null;
}

/** A number by which the judge decided. Rates are in percent, times in milliseconds. */
export interface Measured {
  metric: string;
  /** Whose value it is. `both`: prod breaks the limit, too, and the value is gray's. */
  side: 'prod' | 'gray' | 'both';
  value: number | null;
  /** What the value is held against: the limit of a condition, or prod's own value where evidence compares the sides. */
  limit: number | null;
  /** Seconds that the value was taken over. */
  windowSeconds: number | null;
}

/** What a message is made of beside the log. */
export interface MessageOptions {
  /** Who to turn to, from the configuration; the plan of the release adds its own. */
  contacts: Readonly<Record<string, string>>;
  /** Text from outside made plain, cut at so many columns. */
  clean(text: string, width: number): string;
  lang: Language;
  /** A finding of the judge as a sentence of that language; left out: as the log has it. */
  say?(cause: Reason): string;
}

/** Later than this it is told that it comes late, milliseconds. */
const LATE_MS = 60_000;
const TEXT_WIDTH = 400;
const NAME_WIDTH = 80;
/** Characters of a commit's id that people compare. */
const ID_SHOWN = 12;
const CONTACTS_AT_MOST = 10;

/** A dispatch in words. Pure. */
export function messageOf(
  state: State,
  dispatch: Dispatch,
  {attempt, mayBeRepeat, now}: {attempt: number; mayBeRepeat: boolean; now: number},
  {contacts, clean, lang, say = ({text}) => text}: MessageOptions,
): Message {
  const {feature} = state;
  const {head, authenticated} = dispatch;
  const release = state.release?.id === dispatch.release ? state.release : null;
  const alert = state.alerts.find(({id}) => id === dispatch.alert) ?? null;
  const isOver = alert !== null && alert.resolvedAt !== null;
  const version = release === null ? null : clean(release.version, NAME_WIDTH);
  const over = release === null || release.over === null ? null : clean(release.over, NAME_WIDTH);
  const t = messageWords(lang);
  const causes = causesOf(dispatch, release, alert);
  const isSaid = dispatch.kind !== 'rollback' || isTheJudges(release, causes);
  return {
    id: `${feature}/${dispatch.id}`,
    kind: dispatch.kind,
    level: dispatch.level,
    feature,
    release:
      release === null || version === null
        ? null
        : {id: release.id, version, over, state: release.state, percent: release.percent},
    alert: alert === null ? null : {id: alert.id, isOver},
    measured: causes.map(measuredOf).find(one => one !== null) ?? null,
    word: t.first[dispatch.kind === 'raised' ? dispatch.level : dispatch.kind],
    text: clean(
      sentence(dispatch, {release, alert, said: isSaid ? causes.map(say).join(t.and) : '', now}, t),
      TEXT_WIDTH,
    ),
    by: clean(dispatch.by, NAME_WIDTH),
    authenticated: authenticated === null ? null : clean(authenticated, NAME_WIDTH),
    head,
    at: dispatch.at,
    lines: linesOf(state, dispatch, {release, isOver, now}, clean, t),
    contacts: contactsOf({...contacts, ...release?.plan.contacts}, clean),
    attempt,
    mayBeRepeat,
    repeat: mayBeRepeat ? {long: t.repeat, short: t.repeatShort} : null,
  };
}

/** The lines below the sentence: the release, who did it and when, what to do, the head of the log. */
function linesOf(
  state: State,
  dispatch: Dispatch,
  {release, isOver, now}: {release: Release | null; isOver: boolean; now: number},
  clean: MessageOptions['clean'],
  t: MessageWords,
): string[] {
  const {head} = dispatch;
  const by = t.by(instant(dispatch.at, t), clean(authorOf(dispatch), 2 * NAME_WIDTH));
  return [
    ...(release === null ? [] : [releaseLine(release, clean, t)]),
    `${by}${lateness(now - dispatch.at, t)}`,
    ...todo(dispatch, isOver, state, t),
    ...(isOver && dispatch.kind !== 'over' ? [t.isOver] : []),
    ...(head === null ? [] : [t.head(head.version, head.id.slice(0, ID_SHOWN))]),
  ];
}

function releaseLine(release: Release, clean: MessageOptions['clean'], t: MessageWords): string {
  const [version, over, phase] = [
    release.version,
    release.over ?? '',
    release.plan.phases[release.phase]?.name ?? '',
  ].map(name => clean(name, NAME_WIDTH));
  return t.release(version ?? '', over ?? '', t.states[release.state], phase ?? '', release.percent);
}

/** Who to turn to, each as one plain line. */
export function contactsOf(
  contacts: Readonly<Record<string, string>>,
  clean: MessageOptions['clean'],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(contacts)
      .slice(0, CONTACTS_AT_MOST)
      .map(([name, how]) => [clean(name, NAME_WIDTH), clean(how, 200)]),
  );
}

/** What the judge found, where it is what the message is about. */
function causesOf({kind}: Dispatch, release: Release | null, alert: Alert | null): readonly Reason[] {
  if (kind !== 'rollback') return alert?.cause === undefined ? [] : [alert.cause];
  return release?.rollback?.cause?.reasons ?? [];
}

/** Whether the reason of a rollback is what the judge found. A person has reasons of their own. */
function isTheJudges(release: Release | null, [first]: readonly Reason[]): boolean {
  return first !== undefined && (release?.rollback?.reason ?? '').startsWith(first.text);
}

function measuredOf({code, metric, value, threshold, windowSeconds}: Reason): Measured | null {
  if (metric === null) return null;
  const side = code === 'both_sides' ? 'both' : code === 'no_prod_data' ? 'prod' : 'gray';
  return {metric, side, value, limit: threshold, windowSeconds};
}

interface About {
  release: Release | null;
  alert: Alert | null;
  /** What the judge found, in the language of the message; empty: the log's words are all there is. */
  said: string;
  now: number;
}

function sentence({kind, text}: Dispatch, {release, alert, said, now}: About, t: MessageWords): string {
  const version = release?.version ?? t.theRelease;
  const what = said === '' && alert !== null ? (ownAlert(alert, release, now, t) ?? text) : said || text;
  switch (kind) {
    case 'raised':
    case 'over':
      return what;
    case 'failed':
      return text;
    case 'escalated':
      return t.unseen(what);
    case 'rollback': {
      const {fromPercent, reason} = release?.rollback ?? {fromPercent: null, reason: null};
      return fromPercent === null ? text : t.rolledBack(version, fromPercent, said || (reason ?? ''));
    }
    case 'completed':
      return t.completed(version);
  }
}

/** What the program itself raises, in the words of a language; null: it says no more than its own words. */
function ownAlert(
  {key, message}: Alert,
  release: Release | null,
  now: number,
  t: MessageWords,
): string | null {
  if (key.startsWith(CHANNEL_KEY)) {
    const {name, error, tries} =
      /^(?<name>.+?) does not deliver: (?<error>.+?)(?:, given up after (?<tries>\d+) tries)?$/u.exec(message)
        ?.groups ?? {};
    return name === undefined || error === undefined
      ? null
      : t.channelFails(name, own(t.errors, error) ?? error, Number(tries ?? 0));
  }
  if (release === null) return null;
  if (key === 'guard stuck') return t.stuck(release.version);
  const {name, durationMs} = release.plan.phases[release.phase] ?? {};
  if (key !== 'guard overdue' || name === undefined || (durationMs ?? null) === null) return null;
  const sinceMs = now - Math.max(release.phaseEnteredAt ?? now, release.splitChangedAt);
  return t.overdue(name, Math.round((durationMs ?? 0) / 60_000), Math.round(sinceMs / 60_000));
}

function todo(
  {kind, alert, level, release: id}: Dispatch,
  isOver: boolean,
  {feature, release}: State,
  t: MessageWords,
): string[] {
  const mayTakeBack = level === 'critical' && release?.id === id && (release?.percent ?? 0) > 0;
  const isOpen = (kind === 'raised' || kind === 'escalated') && !isOver;
  return [
    ...(isOpen && alert !== null ? [t.seen(`graydeck alert ack ${alert} --feature ${feature}`)] : []),
    ...(isOpen && mayTakeBack ? [t.takeBack(`graydeck rollback --feature ${feature}`)] : []),
    ...(kind === 'failed' ? [t.standing(`graydeck status --feature ${feature}`)] : []),
  ];
}

function instant(at: number, t: MessageWords): string {
  return Number.isFinite(at)
    ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    : t.someTime;
}

function lateness(ms: number, t: MessageWords): string {
  if (ms < LATE_MS) return '';
  const minutes = Math.round(ms / 60_000);
  return minutes < 90 ? t.lateMinutes(minutes) : t.lateHours(Math.round(minutes / 60));
}
