import type {Summary} from '../../monitor/summary.ts';
import {scaleOf, sparkPieces} from './chart/sparkline.ts';
import type {Cleaner} from './clean.ts';
import {clockwork, setPercent, UNKNOWN} from '../../text/format.ts';
import {fit, padEnd, say, spread, widthOf, type Line} from './line.ts';
import type {Mark} from './marks.ts';
import type {Messages} from '../messages/catalogue.ts';
import {timeOfDay} from './moment.ts';

/** A feature in the list; `summary` is null if no process has published one. */
export interface FleetFeature {
  feature: string;
  summary: Summary | null;
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
const SPARK_WIDTH = 8;
const MOST_NAME = 24;

/** Whether the summary of a live release has not been renewed for too long. */
function isOld({state, at}: Summary, now: number): boolean {
  return LIVE.has(state) && now - at > OLD_MS;
}

function needOf({summary}: FleetFeature, now: number): Need {
  if (summary === null) return OVER;
  const {state, verdict, alerts} = summary;
  if (state === 'failed' || (LIVE.has(state) && verdict?.action === 'rollback')) return CRITICAL;
  if (!LIVE.has(state)) return OVER;
  const isStuck = verdict?.action === 'pause' || state === 'paused' || summary.onset !== null;
  return isStuck || alerts.unacknowledged > 0 || isOld(summary, now) ? LOOK : UNDER_WAY;
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

/** `3 features   1 needs you   1 to look at`. */
export function fleetCounts(features: readonly FleetFeature[], now: number, t: Messages): Line {
  const needs = features.map(one => needOf(one, now));
  const critical = needs.filter(need => need === CRITICAL).length;
  const look = needs.filter(need => need === LOOK).length;
  return [
    say(t.fleet.count(features.length), 'strong'),
    ...(critical === 0 ? [] : [say('   '), say(` ${t.fleet.needsYou(critical)} `, 'alarm')]),
    ...(look === 0 ? [] : [say('   '), say(t.fleet.look(look), 'warn')]),
    ...(critical + look > 0 ? [] : [say('   '), say(t.fleet.allWell, 'good')]),
  ];
}

/** One feature as a row that reads as a sentence, exactly `width` columns. */
export function fleetRow(
  one: FleetFeature,
  {
    now,
    width,
    isPicked,
    t,
    clean,
  }: {now: number; width: number; isPicked: boolean; t: Messages; clean: Cleaner},
): Line {
  const {feature, summary} = one;
  const {mark, tone} = MARKS[needOf(one, now)];
  const name = padEnd(clean.name(feature, MOST_NAME), MOST_NAME);
  const start: Line = [
    say(isPicked ? '›' : ' ', 'key'),
    say(`${mark} `, tone),
    say(name, isPicked ? 'picked' : 'strong'),
    say(' '),
  ];
  if (summary === null) return fit([...start, say(t.fleet.unknown, 'quiet')], width);
  const {state, percent, phase, version} = summary;
  const isLive = LIVE.has(state);
  const place: Line = [
    say(padEnd(t.states[state], 13), isLive ? 'plain' : 'quiet'),
    say(padEnd(isLive ? setPercent(percent.set) : '', 7), 'strong'),
    say(
      padEnd(
        isLive && phase !== null
          ? clean.name(phase.name, 12)
          : version === null
            ? ''
            : clean.name(version, 12),
        13,
      ),
      'quiet',
    ),
  ];
  const end = isLive ? endOf(summary, now, {t, clean}) : [];
  const room = width - widthOf(start) - widthOf(place) - widthOf(end) - 2;
  const words = fit(
    [say(sentenceOf(summary, now, t, clean), tone === 'good' ? 'quiet' : tone)],
    Math.max(0, room),
  );
  return spread([...start, ...place, ...words], end, width);
}

/** What is the matter, since when. */
function sentenceOf(summary: Summary, now: number, t: Messages, clean: Cleaner): string {
  const {state, at, verdict, onset} = summary;
  if (isOld(summary, now)) return t.fleet.old(clockwork(now - at));
  if (!LIVE.has(state)) return '';
  const since = onset === null ? '' : `, ${t.since(timeOfDay(onset))}`;
  const text = verdict?.text ?? null;
  return text === null ? t.fleet.notJudged : `${clean.free(text)}${since}`;
}

function endOf(
  {lastMinute, guard, alerts}: Summary,
  now: number,
  {t, clean}: {t: Messages; clean: Cleaner},
): Line {
  const {prod, gray} = lastMinute;
  const scale = scaleOf([prod.errorRates, gray.errorRates]);
  const badFrom = Number.POSITIVE_INFINITY;
  const rate = gray.errorRate === null ? UNKNOWN : `${gray.errorRate.toFixed(2)} %`;
  return [
    say(`${rate} `, 'gray'),
    ...sparkPieces(gray.errorRates, SPARK_WIDTH, scale, {tone: 'sparkGray', badFrom}),
    say(`  ${guard === null ? t.lights.noGuard : clean.who(guard)}`, 'quiet'),
    ...(alerts.unacknowledged === 0 ? [] : [say(`  ${t.fleet.alerts(alerts.unacknowledged)}`, 'warn')]),
  ];
}
