import type {GivenFeedback} from '../../../analysis/feedback/feedback.ts';
import type {Commit} from '../../../release/commit.ts';
import {isKnownEvent} from '../../../release/event-shape.ts';
import type {Event, UnknownEvent} from '../../../release/event.ts';
import {own} from '../../../release/name.ts';
import type {Plan} from '../../../release/plan.ts';
import type {Alert, State} from '../../../release/state.ts';
import type {EventAbout} from '../../messages/event-about.ts';
import type {Line, Tone} from '../line.ts';
import {LEVEL_MARKS} from '../marks.ts';
import {dispatchOf, notificationLine} from '../notification-line.ts';
import {alertText, reasonText} from '../verdict/reason-text.ts';
import type {ViewModel} from '../view-model.ts';
import {eventMark} from './event-marks.ts';

/** A row of the log: an event, an alert that waits for a person, or a piece of feedback. */
export interface LogRow {
  /** Tells rows apart while new ones arrive above. */
  id: string;
  at: number;
  mark: string;
  tone: Tone;
  text: string;
  who: string;
  /** The alert of the row, so that a key can acknowledge it. */
  alert: string | null;
  /** How far each channel is with it; empty without a notification. */
  told: Line;
  /** An open alert without an acknowledgement: it stays on top. */
  isPinned: boolean;
  /** What the row was made from, for the opened entry. */
  of: {commit: Commit; event: Event | UnknownEvent} | {feedback: GivenFeedback} | null;
}

type Words = Pick<ViewModel, 't' | 'clean'>;

/** How many commits back the panel looks. */
const COMMITS_AT_MOST = 400;

/**
 * Rows of the log, the newest first; open alerts that wait for a person come before all others, the critical ones first. Alerts
 * carry their life: who acknowledged them, whether they are over.
 */
export function logRows(
  {snapshot, commits, t, clean}: Words & Pick<ViewModel['reading'], 'snapshot' | 'commits'>,
  {filter = '', feedback = []}: {filter?: string; feedback?: readonly GivenFeedback[]} = {},
): LogRow[] {
  const {state} = snapshot;
  const plans = new Map<string, Plan>();
  const alerts = new Map(state.alerts.map(alert => [alert.id, alert]));
  const rows = commits
    .slice(-COMMITS_AT_MOST)
    .flatMap(commit => commitRows(commit, {state, plans, alerts, t, clean}));
  for (const given of feedback) rows.push(feedbackRow(given, {t, clean}));
  // The newest first, also within one commit.
  rows.reverse();
  rows.sort((a, b) => b.at - a.at);
  const pinned = state.alerts
    .filter(alert => isUnseen(alert))
    .toSorted((a, b) => rank(a) - rank(b) || b.raisedAt - a.raisedAt)
    .map(alert => pinnedRow(alert, rows, {state, t, clean}));
  const ids = new Set(pinned.map(({id}) => id));
  const all = [...pinned, ...rows.filter(({id}) => !ids.has(id))].slice(0, COMMITS_AT_MOST);
  const wanted = filter.toLowerCase();
  return wanted === '' ? all : all.filter(row => `${row.text} ${row.who}`.toLowerCase().includes(wanted));
}

function isUnseen({acknowledgedAt, resolvedAt, silenced}: Alert): boolean {
  return acknowledgedAt === null && resolvedAt === null && !silenced;
}

function rank({level}: Alert): number {
  return ['critical', 'warning', 'info'].indexOf(level);
}

/** The row of an alert that waits for a person, also where its commit is too old to be shown. */
function pinnedRow(alert: Alert, rows: readonly LogRow[], {state, t, clean}: Words & {state: State}): LogRow {
  const id = alertRowId(alert.id);
  const found = rows.find(row => row.id === id);
  if (found !== undefined) return {...found, isPinned: true};
  const raised = {type: 'alert-raised', ...alert, alert: alert.id} as const;
  return {
    id,
    at: alert.raisedAt,
    ...LEVEL_MARKS[alert.level],
    text: `${alert.level.toUpperCase()} ${alertText(alert, {t, clean})}${lifeOf(alert, {t, clean})}`,
    who: clean.who(alert.raisedBy),
    alert: alert.id,
    told: notificationLine(dispatchOf(state, raised), clean),
    isPinned: true,
    of: null,
  };
}

function alertRowId(alert: string): string {
  return `alert ${alert}`;
}

interface Telling extends Words {
  state: State;
  /** Plans of the releases so far, by their ids. */
  plans: Map<string, Plan>;
  alerts: ReadonlyMap<string, Alert>;
}

function commitRows(commit: Commit, telling: Telling): LogRow[] {
  const {state, plans, alerts, t, clean} = telling;
  const {version, at} = commit;
  const base = {at, who: clean.who(commit.by), isPinned: false};
  return commit.events.flatMap((event, index): LogRow[] => {
    const of = {commit, event};
    const id = `${version}.${index}`;
    if (!isKnownEvent(event)) {
      const text = t.log.unknown(clean.name(event.type));
      return [{...base, id, mark: '?', tone: 'warn', text, alert: null, told: [], of}];
    }
    if (event.type === 'release-started') plans.set(event.release, event.plan);
    const mark = eventMark(event);
    if (mark === null) return [];
    const alert = 'alert' in event ? event.alert : null;
    const known = alert === null ? undefined : alerts.get(alert);
    const isRaised = event.type === 'alert-raised';
    const life = isRaised && known !== undefined ? lifeOf(known, telling) : '';
    return [
      {
        ...base,
        ...mark,
        id: isRaised ? alertRowId(event.alert) : id,
        text: eventText(commit, event, telling) + life,
        alert,
        told: notificationLine(dispatchOf(state, event), clean),
        of,
      },
    ];
  });
}

/** An event in the words of the screen. */
function eventText(commit: Commit, event: Event, {plans, alerts, t, clean}: Telling): string {
  const plan = 'release' in event ? plans.get(event.release) : undefined;
  const about: EventAbout = {
    phases: plan?.phases.map(({name, percent}) => ({name: clean.name(name), percent})) ?? [],
    reason: commit.reason === null ? null : clean.free(commit.reason),
    name: text => clean.name(text),
    free: text => clean.free(text),
    user: text => clean.user(text),
    verdict: reason => reasonText(reason, {t, clean}),
    step: id => stepWords(id, {t, clean}),
    alert: id => alertText(alerts.get(id) ?? {message: id}, {t, clean}),
    says: alert => alertText(alert, {t, clean}),
  };
  return t.event(event, about);
}

/** A step by its id, `rollback.stop` or `phase-2.before`, in the words of the screen. */
function stepWords(id: string, {t, clean}: Words): string {
  const [run = '', name = ''] = id.split('.');
  const words: Readonly<Record<string, string>> = t.steps;
  const runs: Readonly<Record<string, string>> = t.runsInLog;
  return `${t.labelled(own(runs, run.replace(/-\d+$/u, '')) ?? clean.name(run))}${own(words, name) ?? clean.name(name)}`;
}

/** How often an alert was raised, and what became of it. */
function lifeOf({repeats, silenced, resolvedAt, acknowledgedBy}: Alert, {t, clean}: Words): string {
  const parts: string[] = [];
  if (repeats > 0) parts.push(t.log.repeated(repeats + 1));
  if (silenced) parts.push(t.log.silenced);
  if (resolvedAt !== null) parts.push(t.log.resolved);
  else if (acknowledgedBy !== null) parts.push(t.log.acknowledged(clean.who(acknowledgedBy)));
  return parts.length === 0 ? '' : `  (${parts.join(', ')})`;
}

function feedbackRow(feedback: GivenFeedback, {t, clean}: Words): LogRow {
  const {at, type, rating, message, user} = feedback;
  return {
    id: `feedback ${at} ${message}`,
    at,
    mark: '»',
    tone: rating !== null && rating <= 2 ? 'warn' : 'plain',
    text: t.log.feedback(t.dialogs.feedbackTypes[type], rating, clean.free(message)),
    who: user === null ? '' : clean.user(user),
    alert: null,
    told: [],
    isPinned: false,
    of: {feedback},
  };
}

/** Alerts that are neither acknowledged nor resolved, of all that were raised. */
export function alertCounts(alerts: readonly Alert[]): {open: number; unacknowledged: number} {
  const open = alerts.filter(alert => alert.resolvedAt === null);
  return {
    open: open.length,
    unacknowledged: open.filter(alert => alert.acknowledgedAt === null && !alert.silenced).length,
  };
}
