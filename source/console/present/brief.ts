import {isLive, type Alert, type Release} from '../../release/state.ts';
import type {Attendance} from '../deck.ts';
import {headlines} from './headlines/headlines.ts';
import {logRows, type LogRow} from './log/rows.ts';
import {LEVEL_MARKS} from './marks.ts';
import {metricRows} from './sides/metric-rows.ts';
import {phaseRanMs} from './state-line.ts';
import {alertText} from './verdict/reason-text.ts';
import type {ViewModel} from './view-model.ts';
import {clockwork, setPercent} from '../../text/format.ts';
import {dayAndTime, isSameDay, timeOfDay} from './moment.ts';

/** How far back the changes go, hours. */
const HOURS = 8;
const HOUR_MS = 3_600_000;
const MOST_HEADLINES = 4;

/** What the next shift has to know of a feature. Moments in milliseconds since 1970. */
export interface ShiftBrief {
  schema: 'graydeck.brief/1';
  feature: string;
  at: number;
  state: string;
  version: string | null;
  percent: number;
  since: number | null;
  /** What is the matter, the most urgent first. */
  headlines: string[];
  /** The newest first. */
  changes: {at: number; mark: string; text: string; by: string}[];
  /** Those without acknowledgement first, then the newest. */
  alerts: {id: string; at: number; level: Alert['level']; text: string; acknowledgedBy: string | null}[];
  /** Null: no guard is running. */
  guard: {name: string; silentMs: number | null} | null;
  /** Consoles that may act. */
  acting: readonly string[];
  viewers: number;
  next: {text: string; at: number | null};
  /** State, percent and phase as one sentence. */
  summary: string;
}

/**
 * The brief of what a screen shows.
 * @param isLeaving this process is about to end, with the guard that it is
 */
export function briefOf(scene: ViewModel, presence: Attendance, isLeaving = false): ShiftBrief {
  const {reading, t, clean} = scene;
  const {at, snapshot, guardSilentMs, isOwnGuard} = reading;
  const {release, guard, alerts} = snapshot.state;
  const said = headlines(scene, metricRows(scene)).slice(0, MOST_HEADLINES);
  return {
    schema: 'graydeck.brief/1',
    feature: clean.name(reading.feature),
    at,
    state: release?.state ?? 'idle',
    version: release === null ? null : clean.name(release.version),
    percent: snapshot.split.live ? snapshot.split.percent : 0,
    since: release?.endedAt ?? release?.phaseEnteredAt ?? release?.startedAt ?? null,
    headlines: said.map(({mark, text}) => `${mark} ${text}`),
    changes: logRows({...reading, t, clean})
      .filter(row => row.at > at - HOURS * HOUR_MS)
      .toSorted((a, b) => b.at - a.at)
      .map(({at: when, mark, text, who}: LogRow) => ({at: when, mark, text, by: who})),
    alerts: alerts
      .filter(({resolvedAt}) => resolvedAt === null)
      .toSorted(
        (a, b) =>
          Number(a.acknowledgedAt !== null) - Number(b.acknowledgedAt !== null) || b.raisedAt - a.raisedAt,
      )
      .map(alert => ({
        id: alert.id,
        at: alert.raisedAt,
        level: alert.level,
        text: alertText(alert, {t, clean}),
        acknowledgedBy: alert.acknowledgedBy === null ? null : clean.who(alert.acknowledgedBy),
      })),
    guard:
      guard === null || guard.left || (isLeaving && isOwnGuard)
        ? null
        : {name: clean.who(guard.name), silentMs: guardSilentMs},
    acting: presence.acting.map(name => clean.who(name)),
    viewers: presence.viewers,
    next: nextOf(scene),
    summary: summaryOf(scene),
  };
}

function momentOf(at: number, now: number): string {
  return isSameDay(at, now) ? timeOfDay(at) : dayAndTime(at);
}

function summaryOf({reading, t, clean}: ViewModel): string {
  const {release} = reading.snapshot.state;
  const {brief} = t;
  if (release === null) return brief.idle(clean.name(reading.feature));
  const phase = isLive(release) ? release.plan.phases[release.phase] : undefined;
  const since = release.endedAt ?? release.phaseEnteredAt ?? release.startedAt;
  return brief.state({
    name: clean.name(reading.feature),
    version: clean.name(release.version),
    over: release.over === null ? '' : clean.name(release.over),
    state: t.states[release.state],
    percent: phase === undefined ? '' : brief.set(setPercent(release.percent)),
    phase:
      phase === undefined
        ? ''
        : `${t.phase(release.phase + 1, release.plan.phases.length)} ${clean.name(phase.name)}`,
    since: brief.since(momentOf(since, reading.at), clockwork(Math.max(0, reading.at - since))),
  });
}

/** What comes next, and when as far as that is known. */
function nextOf(scene: ViewModel): ShiftBrief['next'] {
  const {reading, t} = scene;
  const {release} = reading.snapshot.state;
  const {brief} = t;
  const text = (words: string): ShiftBrief['next'] => ({text: words, at: null});
  if (release === null || !isLive(release))
    return text(release?.state === 'failed' ? brief.failed : brief.none);
  if (release.state === 'failed') return text(brief.failed);
  if (release.state === 'paused') return text(brief.paused);
  if (release.state !== 'rolling') return text(brief.running);
  return afterPhase(release, scene);
}

function afterPhase(release: Release, {reading, t, clean}: ViewModel): ShiftBrief['next'] {
  const {brief} = t;
  const phase = release.plan.phases[release.phase];
  const following = release.plan.phases[release.phase + 1];
  const then =
    following === undefined
      ? brief.promotion
      : brief.phase(clean.name(following.name), setPercent(following.percent));
  const name = clean.name(phase?.name ?? '');
  if (phase === undefined || phase.durationMs === null) return {text: brief.manual(name, then), at: null};
  const leftMs = phase.durationMs - phaseRanMs(release, reading.at);
  if (leftMs <= 0) return {text: brief.gateOpen(name, then), at: null};
  const at = reading.at + leftMs;
  return {text: brief.gate(name, momentOf(at, reading.at), clockwork(leftMs), then), at};
}

/** The brief as lines for a terminal of any width. @param most how many changes are listed */
export function briefLines(brief: ShiftBrief, t: ViewModel['t'], most = 12): string[] {
  const words = t.brief;
  const {changes, alerts, acting, viewers, guard} = brief;
  const left = changes.length - most;
  return [
    brief.summary,
    ...brief.headlines.map(text => `  ${text}`),
    changes.length === 0 ? words.unchanged(HOURS) : words.changed(HOURS),
    ...changes
      .slice(0, most)
      .map(
        ({at, mark, text, by}) =>
          `  ${momentOf(at, brief.at)}  ${mark} ${text}${by === '' ? '' : `  (${by})`}`,
      ),
    ...(left > 0 ? [`  ${words.earlier(left)}`] : []),
    alerts.length === 0 ? words.noAlerts : words.alerts,
    ...alerts.map(
      ({at, level, text, acknowledgedBy}) =>
        `  ${momentOf(at, brief.at)}  ${LEVEL_MARKS[level].mark} ${text}  (${acknowledgedBy === null ? words.unacknowledged : words.acknowledged(acknowledgedBy)})`,
    ),
    words.who,
    `  ${
      guard === null
        ? t.farewell.noGuard
        : guard.silentMs === null
          ? words.guard(guard.name)
          : words.guardSilent(guard.name, clockwork(guard.silentMs))
    }`,
    ...(acting.length === 0 ? [] : [`  ${words.consoles(acting.join(', '))}`]),
    ...(viewers === 0 ? [] : [`  ${words.viewers(viewers)}`]),
    words.next,
    `  ${brief.next.text}`,
  ];
}
