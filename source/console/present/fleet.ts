import {isFrozen, type Freeze} from '../../release/freeze.ts';
import type {Summary} from '../../monitor/summary.ts';
import {scaleOf, sparkPieces} from './chart/sparkline.ts';
import type {Cleaner} from './clean.ts';
import {clockwork, setPercent, UNKNOWN} from '../../text/format.ts';
import {columnsOf, fit, padEnd, padStart, say, spread, widthOf, type Line, type Piece} from './line.ts';
import type {Mark} from './marks.ts';
import type {Messages} from '../messages/catalogue.ts';
import {dayAndTime, isSameDay, timeOfDay} from './moment.ts';

/** A feature in the list; `summary` is null if no process has published one. */
export interface FleetFeature {
  feature: string;
  summary: Summary | null;
}

/** All features of a store, and its freeze. */
export interface FleetReading {
  features: FleetFeature[];
  /** Null: no raise is frozen. */
  freeze: Freeze | null;
}

/** How much a feature needs a person; the greatest comes first. */
type Need = 0 | 1 | 2 | 3;
const CRITICAL: Need = 3;
const LOOK: Need = 2;
const UNDER_WAY: Need = 1;
const OVER: Need = 0;

/** A summary of a live release that is older than this is not kept any more, milliseconds. */
const OLD_MS = 10_000;
const LIVE: ReadonlySet<string> = new Set(['deploying', 'rolling', 'paused', 'promoting', 'rolling_back']);
/** Two of the six values of a summary stand in a column. */
const SPARK_WIDTH = 3;
const RATE_WIDTH = 7;
/** From this width on rows name the guard, and from the next one on the phase and gray's error rate, columns. */
const MEDIUM = 110;
const WIDE = 130;
const MOST_NAME = 24;
const PHASE_WIDTH = 11;

/** Whether the summary of a live release has not been renewed for too long. */
function isOld({state, at}: Summary, now: number): boolean {
  return LIVE.has(state) && now - at > OLD_MS;
}

/** Whether a person has to decide before it goes on. */
function isAsking({barred = null}: Summary): boolean {
  return barred !== null && barred.why !== 'hours';
}

function needOf({summary}: FleetFeature, now: number): Need {
  if (summary === null) return OVER;
  const {state, verdict, alerts} = summary;
  if (state === 'failed' || (LIVE.has(state) && verdict?.action === 'rollback')) return CRITICAL;
  if (!LIVE.has(state)) return OVER;
  const isStuck =
    verdict?.action === 'pause' || state === 'paused' || summary.onset !== null || isAsking(summary);
  // No news of gray is no good news.
  const isUnheard = state === 'rolling' && summary.percent.set > 0 && summary.lastMinute.gray.requests === 0;
  return isStuck || isUnheard || alerts.unacknowledged > 0 || isOld(summary, now) ? LOOK : UNDER_WAY;
}

/** The features that match a filter, the worst first, then by name. */
export function fleetOrder(features: readonly FleetFeature[], now: number, filter = ''): FleetFeature[] {
  const wanted = filter.trim().toLowerCase();
  return features
    .filter(({feature}) => feature.includes(wanted))
    .toSorted((a, b) => needOf(b, now) - needOf(a, now) || (a.feature < b.feature ? -1 : 1));
}

const MARKS: Readonly<Record<Need, Mark>> = {
  3: {mark: '✖', tone: 'bad'},
  2: {mark: '▲', tone: 'warn'},
  1: {mark: '✔', tone: 'good'},
  0: {mark: '·', tone: 'quiet'},
};

/** `3 features   1 needs you   1 to look at   freeze until Mon 08:00 (audit)`. */
export function fleetCounts(
  features: readonly FleetFeature[],
  now: number,
  {
    t,
    clean,
    freeze,
    isShort = false,
  }: {t: Messages; clean: Cleaner; freeze: Freeze | null; isShort?: boolean},
): Line {
  const needs = features.map(one => needOf(one, now));
  const critical = needs.filter(need => need === CRITICAL).length;
  const look = needs.filter(need => need === LOOK).length;
  return [
    say(t.fleet.count(features.length), 'strong'),
    ...(critical === 0 ? [] : [say('  '), say(` ${t.fleet.needsYou(critical)} `, 'alarm')]),
    ...(look === 0 ? [] : [say('  '), say(t.fleet.look(look), 'warn')]),
    ...(critical + look > 0 ? [] : [say('   '), say(t.fleet.allWell, 'good')]),
    ...(freeze === null || !isFrozen(freeze, now)
      ? []
      : [
          say('  '),
          say(
            ` ${t.fleet.freeze(momentOf(freeze.until, now), isShort ? '' : clean.free(freeze.reason))} `,
            'caution',
          ),
        ]),
  ];
}

function momentOf(at: number, now: number): string {
  return isSameDay(at, now) ? timeOfDay(at).slice(0, 5) : dayAndTime(at);
}

/** Widths of the columns that rows share. */
export interface FleetColumns {
  width: number;
  name: number;
  state: number;
  guard: number;
}

/** Columns that hold the names and states of all rows on a screen. */
export function fleetColumns(
  features: readonly FleetFeature[],
  width: number,
  {t, clean}: {t: Messages; clean: Cleaner},
): FleetColumns {
  const widest = (texts: readonly string[], most: number) =>
    Math.min(most, Math.max(0, ...texts.map(text => columnsOf(text))));
  return {
    width,
    name: widest(
      features.map(({feature}) => feature),
      MOST_NAME,
    ),
    guard: widest(
      features.map(({summary}) =>
        summary?.guard === undefined || summary.guard === null ? t.lights.noGuard : clean.who(summary.guard),
      ),
      MOST_NAME,
    ),
    state: widest(
      features.flatMap(({summary}) => (summary === null ? [] : [t.states[summary.state]])),
      MOST_NAME,
    ),
  };
}

/** One feature as a row that reads as a sentence, exactly as wide as the screen. */
export function fleetRow(
  one: FleetFeature,
  about: {now: number; columns: FleetColumns; isPicked: boolean; t: Messages; clean: Cleaner},
): Line {
  const {now, columns, isPicked, t, clean} = about;
  const {width} = columns;
  const {feature, summary} = one;
  const {mark, tone} = MARKS[needOf(one, now)];
  const start: Line = [
    say(isPicked ? '›' : ' ', 'key'),
    say(`${mark} `, tone),
    say(padEnd(clean.name(feature, MOST_NAME), columns.name), isPicked ? 'picked' : 'strong'),
    say('  '),
  ];
  if (summary === null) return fit([...start, say(t.fleet.unknown, 'quiet')], width);
  const {state, percent, phase, version} = summary;
  const isLive = LIVE.has(state);
  const word = say(padEnd(t.states[state], columns.state), isLive ? 'plain' : 'quiet');
  const said = say(sentenceOf(summary, now, t, clean), tone === 'good' ? 'quiet' : tone);
  if (!isLive) {
    const name = version === null ? '' : `${clean.name(version, 20)}  `;
    return fit([...start, word, say(`  ${name}`, 'quiet'), said], width);
  }
  const place: Piece[] = [word, say(` ${padStart(setPercent(percent.set), 6)}  `, 'strong')];
  if (width >= WIDE) {
    const name = phase === null ? '' : clean.name(phase.name, PHASE_WIDTH);
    place.push(say(padEnd(name, PHASE_WIDTH + 2), 'quiet'));
  }
  const end = endOf(summary, about);
  const room = Math.max(0, width - widthOf(start) - widthOf(place) - widthOf(end) - 1);
  return spread([...start, ...place, ...fit([said], room)], end, width);
}

/** What is the matter, since when. */
function sentenceOf(summary: Summary, now: number, t: Messages, clean: Cleaner): string {
  const {state, at, verdict, onset} = summary;
  if (isOld(summary, now)) return t.fleet.old(clockwork(now - at));
  if (!LIVE.has(state)) return '';
  const since = onset === null ? '' : `, ${t.since(timeOfDay(onset))}`;
  const {barred = null} = summary;
  if (barred !== null && verdict?.action !== 'rollback') {
    const time = barred.at === null ? '' : clockwork(Math.max(0, now - barred.at));
    return t.fleet.barred(barred.why, time, barred.by === null ? '' : clean.who(barred.by));
  }
  const text = verdict?.text ?? null;
  return text === null ? t.fleet.notJudged : `${clean.free(text)}${since}`;
}

/** Alerts that wait, gray's curve, and with more room its error rate and who judges. */
function endOf(
  {lastMinute, guard, alerts}: Summary,
  {columns: {width, guard: guardWidth}, t, clean}: {columns: FleetColumns; t: Messages; clean: Cleaner},
): Line {
  const {prod, gray} = lastMinute;
  const scale = scaleOf([prod.errorRates, gray.errorRates]);
  const badFrom = Number.POSITIVE_INFINITY;
  const rate = gray.errorRate === null ? UNKNOWN : `${gray.errorRate.toFixed(2)} %`;
  const name = guard === null ? t.lights.noGuard : clean.who(guard);
  return [
    ...(alerts.unacknowledged === 0 ? [] : [say(`${t.fleet.alerts(alerts.unacknowledged)}  `, 'warn')]),
    ...(width >= WIDE ? [say(`${padStart(rate, RATE_WIDTH)} `, 'gray')] : []),
    ...sparkPieces(gray.errorRates, SPARK_WIDTH, scale, {tone: 'sparkGray', badFrom}),
    say(width >= MEDIUM ? `  ${padEnd(name, guardWidth)} ` : ' ', 'quiet'),
  ];
}
