import type {Dispatch} from '../../../release/dispatch.ts';
import type {Event, UnknownEvent} from '../../../release/event.ts';
import {authorOf, type Commit} from '../../../release/commit.ts';
import {isKnownEvent} from '../../../release/event-shape.ts';
import type {Alert, Reason} from '../../../release/state.ts';
import {count} from '../../../text/format.ts';
import {dayAndTime, timeOfDay} from '../moment.ts';
import {padEnd, say, wrapped, type Line} from '../line.ts';
import {reasonText} from '../verdict/reason-text.ts';
import type {ViewModel} from '../view-model.ts';
import type {LogRow} from './rows.ts';

/** Columns of the names of an entry's facts. */
const NAMES_WIDTH = 15;

/** The step whose output belongs to a row; null: the row is about no step. */
export function stepOfRow({of}: LogRow): {release: string; step: string} | null {
  if (of === null || !('event' in of) || !isKnownEvent(of.event)) return null;
  const {event} = of;
  if (event.type === 'release-failed') return {release: event.release, step: event.step};
  return 'step' in event && event.type.startsWith('step-')
    ? {release: event.release, step: event.step}
    : null;
}

/**
 * All of an entry of the log, in rows of at most `width` columns: its whole text, who wrote it and when, an alert's numbers and
 * deliveries, a verdict's reasons, and what a hook has printed.
 * @param words what the hook has printed; null: that is being read.
 */
export function entryLines(
  row: LogRow,
  words: readonly string[] | null,
  scene: ViewModel,
  width: number,
): Line[] {
  const {t, reading} = scene;
  const {of} = row;
  const alert = reading.snapshot.state.alerts.find(({id}) => id === row.alert);
  const lines: Line[] = [
    [say(`${row.mark} `, row.tone), say(row.text, 'strong')],
    [],
    fact(t.entry.at, `${dayAndTime(row.at)}:${timeOfDay(row.at).slice(-2)}`),
    ...(of !== null && 'commit' in of ? commitLines(of.commit, scene) : []),
    ...(of !== null && 'feedback' in of ? feedbackLines(of.feedback, scene) : []),
    ...(alert === undefined ? [] : alertLines(alert, scene)),
    ...(of !== null && 'event' in of ? reasonLines(reasonsOf(of.event), scene) : []),
    ...wordLines(stepOfRow(row) === null ? [] : words, scene),
  ];
  return lines.flatMap(line => wrapped(line, width));
}

function fact(name: string, text: string): Line {
  return [say(padEnd(name, NAMES_WIDTH), 'quiet'), say(text)];
}

function commitLines(commit: Commit, {t, clean}: ViewModel): Line[] {
  const {by, authenticated, version, id} = commit;
  const who = authenticated === undefined ? clean.who(by) : clean.who(authorOf({by, authenticated}));
  return [fact(t.entry.by, who), fact(t.entry.version, `${version} (${id.slice(0, 8)})`)];
}

function feedbackLines(
  {phase, version, user}: {phase: string | null; version: string | null; user: string | null},
  {t, clean}: ViewModel,
): Line[] {
  const about = [phase, version].flatMap(name => (name === null ? [] : [clean.name(name)])).join('  ');
  return [
    ...(about === '' ? [] : [fact(t.dialogs.feedbackAbout, about)]),
    ...(user === null ? [] : [fact(t.entry.user, clean.user(user))]),
  ];
}

function alertLines(alert: Alert, scene: ViewModel): Line[] {
  const {t, clean, reading} = scene;
  const {level, cause, repeats, acknowledgedAt, acknowledgedBy, resolvedAt, silenced} = alert;
  const sent = reading.snapshot.state.outbox.filter(one => one.alert === alert.id);
  const open = silenced ? t.log.silenced : t.entry.unacknowledged;
  return [
    fact(t.entry.level, t.dialogs.levels[level]),
    ...reasonLines(cause === undefined ? [] : [cause], scene),
    ...(repeats === 0 ? [] : [fact(t.entry.raised, t.log.repeated(repeats + 1))]),
    fact(
      t.entry.acknowledged,
      acknowledgedAt === null
        ? open
        : `${timeOfDay(acknowledgedAt)}  ${clean.who(acknowledgedBy ?? '')}`.trimEnd(),
    ),
    ...(resolvedAt === null ? [] : [fact(t.entry.over, timeOfDay(resolvedAt))]),
    ...deliveryLines(sent, scene),
  ];
}

function deliveryLines(sent: readonly Dispatch[], {t, clean}: ViewModel): Line[] {
  const all = sent.flatMap(({deliveries}) => deliveries ?? []);
  if (all.length === 0) return [fact(t.entry.notified, t.entry.notNotified)];
  return all.map((delivery, index): Line => {
    const {channel, state, at, attempts, error} = delivery;
    const told = [
      `${clean.name(channel)}  ${t.entry.deliveries[state]} ${timeOfDay(at)}`,
      attempts > 1 ? t.attempts(attempts) : '',
      error === null ? '' : clean.whole(error),
    ];
    return fact(index === 0 ? t.entry.notified : '', told.filter(text => text !== '').join('  '));
  });
}

/** What was judged, and by which numbers. */
function reasonLines(reasons: readonly Reason[], scene: ViewModel): Line[] {
  const {t} = scene;
  return reasons.flatMap((reason, index): Line[] => {
    const {samples, windowSeconds} = reason;
    const made = [
      samples === null ? '' : t.requests(count(samples)),
      windowSeconds === null ? '' : t.windowOf(windowSeconds),
    ].filter(text => text !== '');
    const text = [reasonText(reason, scene), ...made].join('  ');
    return [fact(index === 0 ? t.entry.judged : '', text)];
  });
}

function reasonsOf(event: Event | UnknownEvent): readonly Reason[] {
  if (!isKnownEvent(event)) return [];
  if (event.type === 'verdict-changed') return event.reasons;
  return event.type === 'rollback-started' ? (event.cause?.reasons ?? []) : [];
}

/** What a hook has printed, in the order it did. */
function wordLines(words: readonly string[] | null, {t, clean}: ViewModel): Line[] {
  if (words === null) return [[], [say(t.entry.reading, 'quiet')]];
  if (words.length === 0) return [];
  return [[], [say(t.entry.output, 'quiet')], ...words.map((line): Line => [say(clean.whole(line))])];
}
