import type {Commit} from '../../release/commit.ts';
import {isKnownEvent} from '../../release/event-shape.ts';
import type {Event} from '../../release/event.ts';
import type {Plan} from '../../release/plan.ts';
import type {Alert} from '../../release/state.ts';
import type {EventAbout} from '../messages/event-about.ts';
import {say, spread, spreadFirst, type Line, type Tone} from './line.ts';
import {alertText, reasonText} from './verdict/reason-text.ts';
import {LEVEL_MARKS, VERDICT_MARKS, type Mark} from './marks.ts';
import {dispatchOf, notificationLine} from './notification-line.ts';
import type {ViewModel} from './view-model.ts';
import {own} from '../../release/name.ts';
import {dayAndTime, isSameDay, timeOfDay} from './moment.ts';

/** One thing that happened: a row of the log. */
export interface LogRow {
  at: number;
  mark: string;
  tone: Tone;
  text: string;
  who: string;
  /** The alert it speaks of, so that a key can acknowledge it. */
  alert: string | null;
  /** How far each channel is with it; empty without a notification. */
  told: Line;
  /** Only on this screen, not in the log: a key that was refused, for example. */
  isTransient: boolean;
}

/** Columns that hold what channels say and who did it, beside what happened. */
const WITH_BOTH = 110;
/** How many commits back the panel looks. */
const COMMITS_AT_MOST = 400;

/** Marks by event; null: other panels tell it, or it says nothing to people. */
const MARKS: Record<Event['type'], Mark | null> = {
  'release-started': {mark: '●', tone: 'strong'},
  'phase-entered': {mark: '●', tone: 'sparkGray'},
  'phase-opening': {mark: '○', tone: 'sparkGray'},
  'percent-set': {mark: '●', tone: 'sparkGray'},
  'release-paused': {mark: '‖', tone: 'warn'},
  'release-resumed': {mark: '●', tone: 'good'},
  'promotion-started': {mark: '▲', tone: 'strong'},
  'release-completed': {mark: '✔', tone: 'good'},
  'release-failed': {mark: '✖', tone: 'bad'},
  'rollback-started': {mark: '◀', tone: 'bad'},
  'release-rolled-back': {mark: '✔', tone: 'good'},
  'release-banned': {mark: '◀', tone: 'bad'},
  'start-queued': {mark: '…', tone: 'plain'},
  'queued-start-cancelled': {mark: '–', tone: 'plain'},
  'release-disabled': {mark: '■', tone: 'warn'},
  'release-enabled': {mark: '▲', tone: 'gray'},
  'approval-asked': {mark: '?', tone: 'warn'},
  'approval-given': {mark: '✔', tone: 'plain'},
  'gate-closed': null,
  'unknown-accepted': {mark: '!', tone: 'warn'},
  'user-included': {mark: '+', tone: 'plain'},
  'user-denied': {mark: '–', tone: 'plain'},
  'user-removed': {mark: '·', tone: 'plain'},
  'step-started': null,
  'step-ended': {mark: '✔', tone: 'good'},
  'step-retried': {mark: '↻', tone: 'plain'},
  'alert-raised': {mark: '✖', tone: 'bad'},
  'alert-repeated': null,
  'alert-acknowledged': {mark: '✔', tone: 'plain'},
  'alert-resolved': {mark: '✔', tone: 'good'},
  'alert-escalated': {mark: '✖', tone: 'bad'},
  'alerts-silenced': {mark: '–', tone: 'plain'},
  // The row that they are about carries them.
  'delivery-begun': null,
  'delivery-ended': null,
  'guard-taken': {mark: '●', tone: 'good'},
  'guard-left': {mark: '○', tone: 'warn'},
  'verdict-changed': {mark: '●', tone: 'strong'},
  'clock-held': {mark: '‖', tone: 'plain'},
  'clock-ran': {mark: '●', tone: 'plain'},
};

function markOf(event: Event): Mark | null {
  if (event.type === 'alert-raised') return LEVEL_MARKS[event.level];
  if (event.type === 'verdict-changed') return VERDICT_MARKS[event.action];
  if (event.type === 'step-ended') {
    if (event.outcome === 'skipped') return null;
    return event.outcome === 'failed' ? {mark: '✖', tone: 'bad'} : MARKS['step-ended'];
  }
  return MARKS[event.type];
}

/** Rows of the log, the newest first. Alerts carry their life: who acknowledged, whether it is over. */
export function logRows(
  {
    snapshot,
    commits,
    t,
    clean,
  }: Pick<ViewModel, 't' | 'clean'> & Pick<ViewModel['reading'], 'snapshot' | 'commits'>,
  transient: readonly {at: number; text: string}[] = [],
  filter = '',
): LogRow[] {
  const alerts = new Map(snapshot.state.alerts.map(alert => [alert.id, alert]));
  const plans = new Map<string, Plan>();
  const rows: LogRow[] = [];
  for (const commit of commits.slice(-COMMITS_AT_MOST)) rows.push(...rowsOf(commit));
  for (const {at, text} of transient) {
    rows.push({
      at,
      mark: '·',
      tone: 'quiet',
      text,
      who: t.log.here,
      alert: null,
      told: [],
      isTransient: true,
    });
  }
  // The newest first; what was written in one go keeps its order backwards, too.
  rows.reverse();
  rows.sort((a, b) => b.at - a.at);
  const wanted = filter.toLowerCase();
  return wanted === ''
    ? rows.slice(0, COMMITS_AT_MOST)
    : rows.filter(row => `${row.text} ${row.who}`.toLowerCase().includes(wanted));

  function rowsOf(commit: Commit): LogRow[] {
    const who = clean.who(commit.by);
    const told: LogRow[] = [];
    for (const event of commit.events) {
      if (!isKnownEvent(event)) {
        const text = t.log.unknown(clean.name(event.type));
        told.push({
          at: commit.at,
          mark: '?',
          tone: 'warn',
          text,
          who,
          alert: null,
          told: [],
          isTransient: false,
        });
        continue;
      }
      if (event.type === 'release-started') plans.set(event.release, event.plan);
      const mark = markOf(event);
      if (mark === null) continue;
      const plan = 'release' in event ? plans.get(event.release) : undefined;
      const about: EventAbout = {
        phases: plan?.phases.map(({name, percent}) => ({name: clean.name(name), percent})) ?? [],
        reason: commit.reason === null ? null : clean.free(commit.reason),
        name: text => clean.name(text),
        free: text => clean.free(text),
        user: text => clean.user(text),
        verdict: reason => reasonText(reason, {t, clean}),
        step: id => stepWords(id),
        alert: id => alertText(alerts.get(id) ?? {message: id}, {t, clean}),
        says: alert => alertText(alert, {t, clean}),
      };
      const alert = 'alert' in event ? event.alert : null;
      const text = t.event(event, about) + lifeOf(event, alert === null ? undefined : alerts.get(alert));
      const deliveries = notificationLine(dispatchOf(snapshot.state, event), clean);
      told.push({at: commit.at, ...mark, text, who, alert, told: deliveries, isTransient: false});
    }
    return told;
  }

  function stepWords(id: string): string {
    const [run = '', name = ''] = id.split('.');
    const words: Readonly<Record<string, string>> = t.steps;
    const runs: Readonly<Record<string, string>> = t.runsInLog;
    return `${t.labelled(own(runs, run) ?? clean.name(run))}${own(words, name) ?? clean.name(name)}`;
  }

  function lifeOf(event: Event, alert: Alert | undefined): string {
    if (event.type !== 'alert-raised' || alert === undefined) return '';
    const parts: string[] = [];
    if (alert.repeats > 0) parts.push(t.log.repeated(alert.repeats + 1));
    if (alert.silenced) parts.push(t.log.silenced);
    if (alert.resolvedAt !== null) parts.push(t.log.resolved);
    else if (alert.acknowledgedBy !== null) parts.push(t.log.acknowledged(clean.who(alert.acknowledgedBy)));
    return parts.length === 0 ? '' : `  (${parts.join(', ')})`;
  }
}

/** Tells rows apart while new ones arrive above. */
export function rowKey({at, text}: LogRow): string {
  return `${at} ${text}`;
}

/** One row: when, mark, what, who. `isPicked` ones are marked and lit. */
export function logLine(
  row: LogRow,
  about: {now: number; width: number; isPicked: boolean; isDated: boolean},
): Line {
  const isToday = isSameDay(row.at, about.now);
  const time = isToday ? timeOfDay(row.at).padStart(about.isDated ? 11 : 8) : dayAndTime(row.at);
  const start: Line = [
    say(about.isPicked ? '›' : ' ', 'strong'),
    say(`${time}  `, 'quiet'),
    say(`${row.mark} `, row.tone),
    say(
      row.text,
      row.isTransient ? 'quiet' : row.tone === 'bad' ? 'bad' : about.isPicked ? 'strong' : 'plain',
    ),
  ];
  const end: Line = row.told.length === 0 ? [] : [...row.told, say('  ')];
  const isRoomy = row.told.length === 0 || about.width >= WITH_BOTH;
  const who: Line = [...end, say(isRoomy ? row.who : '', 'quiet')];
  // On a narrow screen what happened comes before who did it.
  return about.width < WITH_BOTH
    ? spreadFirst(
        [
          [start, who],
          [start, end],
        ],
        about.width,
      )
    : spread(start, who, about.width);
}

/** Whether the rows span more than today: then they are told with their day. */
export function areDated(rows: readonly LogRow[], now: number): boolean {
  return rows.some(row => !isSameDay(row.at, now));
}

/** Alerts that are neither acknowledged nor resolved, of all that were raised. */
export function alertCounts(alerts: readonly Alert[]): {open: number; unacknowledged: number} {
  const open = alerts.filter(alert => alert.resolvedAt === null);
  return {
    open: open.length,
    unacknowledged: open.filter(alert => alert.acknowledgedAt === null && !alert.silenced).length,
  };
}
