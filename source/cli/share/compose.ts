import type {Commit} from '../../release/commit.ts';
import {forReaders, releaseForReaders} from '../../release/for-readers.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {wholeTime} from '../../console/chart-time.ts';
import {readHistories, stepsFor} from '../../console/history.ts';
import {valuesThen} from '../../console/present/cause.ts';
import {MASKED, OPEN} from '../../console/present/clean.ts';
import {headlines} from '../../console/present/headlines/headlines.ts';
import type {Tone} from '../../console/present/line.ts';
import {areDated} from '../../console/present/log/line.ts';
import {alertCounts, logRows} from '../../console/present/log/rows.ts';
import {setPercent} from '../../text/format.ts';
import {STATE_MARKS} from '../../console/present/marks.ts';
import {comparedLine} from '../../console/present/sides/compared.ts';
import {written} from '../../console/present/sides/metric.ts';
import {badFrom, metricRows, type MetricRow} from '../../console/present/sides/metric-rows.ts';
import {isDim, isOld, prodVersionOf, sidePanel} from '../../console/present/sides/sides.ts';
import {judgePanel} from '../../console/present/verdict/panel.ts';
import type {ViewModel} from '../../console/present/view-model.ts';
import type {Reading} from '../../console/reading.ts';
import type {MonitorView} from '../../monitor/monitor.ts';
import {lightsOf, stateFacts} from './facts.ts';
import type {ListRow, Page, PageHealth, PageLine, PageRow} from '../../server/page/model.ts';
import type {PageLook} from '../../server/page/source.ts';
import type {ReleaseState} from '../../release/state.ts';
import {pageLine, TONES} from './lines.ts';
import {causeBlock} from './cause.ts';
import {pageWords} from './words.ts';
import {dayAndTime, isSameDay, timeOfDay} from '../../console/present/moment.ts';

/** Values of a sparkline. */
const POINTS = 60;
const HEADLINES = 5;
const LOG_ROWS = 30;
/** Wide enough that no row is cut; the page breaks lines by itself. */
const WIDE = 600;
/** Rows that stand there even while nothing is known of them. */
const ALWAYS: ReadonlySet<string> = new Set(['throughput', 'error_rate', 'response_time_p95']);

/** Commits as viewers get them, each made once. */
const readable = new WeakMap<Commit, Commit>();

function readableOf(commit: Commit): Commit {
  const known = readable.get(commit) ?? forReaders(commit);
  readable.set(commit, known);
  return known;
}

/** A viewer sees now, and neither whom to call, nor commands of hooks and ids of people. */
function readingOf(monitor: MonitorView): Reading {
  const seen = monitor.snapshot();
  const {snapshot, commits} = seen;
  const {state} = snapshot;
  const release = state.release === null ? null : releaseForReaders(state.release);
  return {
    ...seen,
    snapshot: {...snapshot, state: {...state, release}},
    commits: commits.map(readableOf),
    contacts: {},
    time: null,
  };
}

/** What a monitor shows, as a page: the same reading, the same words, the same judgement as the console. */
export function composePage(monitor: MonitorView, look: PageLook): Page {
  const reading = readingOf(monitor);
  const t = messagesOf(look.lang);
  const words = pageWords(look.lang);
  const clean = look.mask ? MASKED : OPEN;
  const {release} = reading.snapshot.state;
  const histories = readHistories(monitor, reading.metrics, steadyTime(reading), POINTS);
  const then = valuesThen(monitor, release);
  const scene: ViewModel = {reading, histories, t, clean, mayAct: false, then};
  const rows = metricRows(scene).filter(isWorthShowing);
  const said = headlines(scene, rows).slice(0, HEADLINES);
  const state = release?.state ?? 'idle';
  const {mark, tone} = STATE_MARKS[state];
  const log = logRows({...reading, t, clean}).slice(0, LOG_ROWS);
  const isDated = areDated(log, reading.at);
  const [first] = said;
  const name = clean.name(reading.feature, 64);
  return {
    schema: 'graydeck.page/1',
    lang: look.lang,
    at: reading.at,
    time: timeOfDay(reading.at),
    zone: zoneAt(reading.at, look.lang),
    health: healthOf(first?.tone ?? 'quiet', state),
    title: `${name} · ${first?.text ?? t.states[state]}`.slice(0, 160),
    badge: look.mask ? words.masked : '',
    words: look.hasHome ? {...words.page, home: words.home} : words.page,
    feature: name,
    version: release === null ? '' : clean.name(release.version, 40),
    prodVersion: cleanOrEmpty(prodVersionOf(reading)),
    state: {mark, tone: TONES[tone], word: t.states[state]},
    lights: lightsOf(scene).map(pageLine),
    headlines: said.map(one => ({mark: one.mark, tone: TONES[one.tone], text: one.text})),
    phases: phasesOf(scene),
    facts: stateFacts(scene).map(pageLine),
    notes: {prod: noteOf('prod'), gray: noteOf('gray')},
    rows: rows.map(row => pageRow(row, scene)),
    verdict: release === null ? null : verdictOf(scene),
    cause: causeBlock(scene, words),
    logTitle: logTitleOf(scene),
    log: log.map(row => ({
      time: isDated && !isSameDay(row.at, reading.at) ? dayAndTime(row.at) : timeOfDay(row.at),
      mark: row.mark,
      tone: TONES[row.tone],
      text: row.text,
      who: row.who,
    })),
  };

  function cleanOrEmpty(version: string | null): string {
    return version === null ? '' : clean.name(version, 40);
  }

  function noteOf(side: 'prod' | 'gray'): PageLine {
    const about = {width: WIDE, sparkWidth: 0, limitWidth: 0, picked: null, spacing: 1, filter: ''};
    return pageLine(sidePanel(side, scene, [], about).note);
  }
}

/** A feature as one row of the list: without curves, which a hundred features would make dear. */
export function composeRow(monitor: MonitorView, look: PageLook): ListRow {
  const reading = readingOf(monitor);
  const t = messagesOf(look.lang);
  const clean = look.mask ? MASKED : OPEN;
  const {release, alerts} = reading.snapshot.state;
  const {split} = reading.snapshot;
  const scene: ViewModel = {reading, histories: new Map(), t, clean, mayAct: false};
  const [first] = headlines(scene, metricRows(scene));
  const state = release?.state ?? 'idle';
  const tone = first?.tone ?? 'quiet';
  return {
    feature: clean.name(reading.feature, 64),
    health: healthOf(tone, state),
    mark: first?.mark ?? STATE_MARKS[state].mark,
    tone: TONES[tone],
    state: t.states[state],
    percent: release === null ? '' : setPercent(split.live ? split.percent : 0),
    version: release === null ? '' : clean.name(release.version, 24),
    text: first?.text ?? '',
    alerts: pageWords(look.lang).list.alerts(alertCounts(alerts).open),
  };
}

/** The time of the curves: it ends with the last full measurement, so a curve is sent once a measurement, not once a second. */
function steadyTime({snapshot, commits, at}: Reading): {from: number; to: number} {
  const {from, to} = wholeTime(snapshot.state.release, commits, at);
  const {measuredMs} = stepsFor(to - from, POINTS);
  return {from, to: Math.floor(to / measuredMs) * measuredMs};
}

function isWorthShowing({metric, values, history}: MetricRow): boolean {
  if (values.prod !== null || values.gray !== null || ALWAYS.has(metric.name)) return true;
  return [...(history?.prod ?? []), ...(history?.gray ?? [])].some(value => value !== null);
}

function pageRow(row: MetricRow, {reading, t}: ViewModel): PageRow {
  const {history, scale, limits, metric, isPerSecond} = row;
  const isRowOld = isOld(row, isDim('gray', reading));
  const [limit] = limits;
  const bad = badFrom(row, reading.snapshot.state.release?.splitChangedAt ?? 0);
  const isKnown = [...(history?.prod ?? []), ...(history?.gray ?? [])].some(value => value !== null);
  return {
    label: row.label,
    prod: row.texts.prod,
    gray: row.texts.gray,
    compared: isRowOld ? [] : pageLine(comparedLine(row, t)),
    limit:
      limit === undefined || limit.then === 'wait'
        ? ''
        : `${limit.bad === 'above' ? '>' : '<'} ${written(metric, limit.value, isPerSecond)}`,
    isBad: row.compared.standing === 'worse',
    isOld: isRowOld,
    chart:
      history === null || scale === null || !isKnown
        ? null
        : {
            prod: history.prod.map(rounded),
            gray: history.gray.map(rounded),
            min: scale.min,
            max: scale.max,
            badFrom: isRowOld || !Number.isFinite(bad) ? POINTS : bad,
          },
  };
}

/** Rounds to four digits: a curve does not show more. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}

function verdictOf(scene: ViewModel): Page['verdict'] {
  const {title, note, rows} = judgePanel(scene.reading.snapshot.state.release, scene, WIDE);
  return {
    title: pageLine(title),
    note: pageLine(note),
    rows: rows.map(pageLine).filter(row => row.length > 0),
  };
}

function phasesOf({reading, clean}: ViewModel): Page['phases'] {
  const {release} = reading.snapshot.state;
  if (release === null) return [];
  const isOver = release.state === 'completed';
  const isBack = release.rollback !== null;
  return release.plan.phases.map(({name, percent}, index) => ({
    name: clean.name(name, 24),
    percent: setPercent(percent),
    state: isOver || index < release.phase ? 'past' : index === release.phase && !isBack ? 'now' : 'ahead',
  }));
}

function logTitleOf({reading, t}: ViewModel): PageLine {
  const {open, unacknowledged} = alertCounts(reading.snapshot.state.alerts);
  const title = {text: t.log.title, tone: 'strong'} as const;
  if (open === 0) return [title];
  return [
    title,
    {text: `  ${t.log.alerts(open, unacknowledged)}`, tone: unacknowledged > 0 ? 'warn' : 'quiet'},
  ];
}

/** The health that a headline's tone stands for, as the icon of a tab shows it. */
function healthOf(tone: Tone, state: ReleaseState | 'idle'): PageHealth {
  if (state === 'idle') return 'off';
  if (tone === 'alarm' || tone === 'bad') return 'bad';
  // A release that was rolled back has done no harm any more, but it is not well either.
  const isBack = state === 'rolling_back' || state === 'rolled_back' || state === 'failed';
  return isBack || tone === 'warn' || tone === 'caution' ? 'watch' : 'well';
}

const ZONES = new Map<string, Intl.DateTimeFormat>();

/** The time zone of this machine at a moment: `CET`, `GMT+8`. */
export function zoneAt(at: number, lang: string): string {
  const format =
    ZONES.get(lang) ??
    new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en', {timeZoneName: 'short', hour: 'numeric'});
  ZONES.set(lang, format);
  return format.formatToParts(at).find(({type}) => type === 'timeZoneName')?.value ?? '';
}
