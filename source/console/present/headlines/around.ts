import {isEndless} from '../../../analysis/judge/reasons.ts';
import type {Release} from '../../../release/state.ts';
import type {Messages} from '../../messages/catalogue.ts';
import {clockwork, threeDigits} from '../../../text/format.ts';
import {loud, type Headline} from './headline.ts';
import {lastKnown} from './gray.ts';
import type {MetricRow} from '../sides/metric-rows.ts';
import type {RouterStanding} from '../routers.ts';
import type {ViewModel} from '../view-model.ts';
import {isAway, isStale} from '../sides/sides.ts';
import {alertText} from '../verdict/reason-text.ts';
import {observedDisagrees} from '../state-line.ts';
import {timeOfDay} from '../moment.ts';

const SETTLING_MS = 5000;
/** A chain that was repaired this long ago is history. */
const BREAK_SHOWN_MS = 10 * 60_000;
const LISTED_AT_MOST = 3;
/** So long after the last one that was shown. */
const JUNK_SHOWN_MS = 10 * 60_000;
/** Requests under way may still end on gray, and the window still holds those of before. */
const LEFT_OVER_MS = 75_000;

/** The store and the log in it. */
export function ofTheStore({reading: {store, snapshot, at}, t, clean}: ViewModel): Headline[] {
  const {health} = store;
  const {link, lastBreak, state} = snapshot;
  const found: Headline[] = [];
  if (health.state === 'away') {
    const time = clockwork(health.sinceMs);
    const shorter = [t.headlines.storeAwayShort(time)];
    found.push({...loud('✖', 'alarm', t.headlines.storeAway(time), t.hints.offline), shorter});
  } else if (link.state === 'away') {
    found.push(loud('✖', 'alarm', t.headlines.logAway(clockwork(at - link.since)), t.hints.offline));
  }
  if (lastBreak !== null && at - lastBreak.at < BREAK_SHOWN_MS) {
    found.push(
      loud(
        '✖',
        'alarm',
        t.headlines.logBroken(timeOfDay(lastBreak.at), clean.free(lastBreak.why)),
        t.hints.repair,
      ),
    );
  }
  if (state.unknownEvent !== null) {
    found.push(loud('▲', 'caution', t.headlines.newerLog(clean.name(state.unknownEvent)), t.hints.newer));
  }
  return found;
}

/** Critical alerts that are not acknowledged. */
export function ofAlerts({reading, t, clean, mayAct}: ViewModel): Headline[] {
  const open = reading.snapshot.state.alerts.filter(
    alert =>
      alert.level === 'critical' &&
      alert.acknowledgedAt === null &&
      alert.resolvedAt === null &&
      !alert.silenced,
  );
  const newest = open.at(-1);
  if (newest === undefined) return [];
  const text = t.headlines.alert(alertText(newest, {t, clean}), open.length);
  const since = t.headlines.alertSince(text, timeOfDay(newest.raisedAt));
  return [{...loud('✖', 'alarm', since, mayAct ? t.hints.acknowledge : ''), shorter: [text]}];
}

/** Routers that are silent or behind, and traffic that is not what is set. */
export function ofRouters(release: Release, scene: ViewModel, routers: RouterStanding): Headline[] {
  const {reading, t, clean} = scene;
  const found: Headline[] = [];
  if (routers.silent.length > 0) {
    const names = routers.silent
      .slice(0, LISTED_AT_MOST)
      .map((router, index) => clean.host(router.name, index));
    const leftMs = Math.max(...routers.silent.map(one => one.leftMs));
    found.push(loud('▲', 'caution', t.headlines.silent(routers.silent.length, names, leftMs)));
  }
  for (const [index, {name, trouble = ''}] of routers.troubled.slice(0, LISTED_AT_MOST).entries())
    found.push(loud('▲', 'caution', troubleText(t, clean.host(name, index), clean.free(trouble))));
  const sinceMs = reading.at - release.splitChangedAt;
  const behind = routers.behind.filter(router => !routers.troubled.includes(router));
  if (behind.length > 0 && sinceMs > SETTLING_MS) {
    const names = behind.slice(0, LISTED_AT_MOST).map((router, index) => clean.host(router.name, index));
    found.push(loud('▲', 'caution', t.headlines.behind(behind.length, names)));
  }
  const {split} = reading.snapshot;
  if (
    split.live &&
    reading.gray.ageMs !== null &&
    !isStale(reading.gray.ageMs) &&
    observedDisagrees(split.percent, reading.observed, sinceMs)
  ) {
    found.push(loud('▲', 'caution', t.headlines.observed(reading.observed ?? 0, split.percent)));
  }
  return found;
}

/** A router's trouble, a word and a sentence, in the words of the screen. */
export function troubleText(t: Messages, name: string, trouble: string): string {
  const [code = '', ...detail] = trouble.split(': ');
  return t.edges.trouble(name, code, detail.join(': '));
}

/** Entries of the stream that were no samples: said last, since what was counted is right without them. */
export function ofJunk({reading: {stream, at}, t, clean}: ViewModel): Headline[] {
  const {junk, lastJunk, lastJunkAt = null} = stream;
  if (junk === 0 || lastJunk === null || lastJunkAt === null || at - lastJunkAt > JUNK_SHOWN_MS) return [];
  return [
    {mark: '·', tone: 'warn', isLoud: false, text: t.headlines.junk(junk, clean.free(lastJunk)), hint: ''},
  ];
}

/** Measurements that do not come, or come when none should. */
export function ofTheStream({reading, t, clean}: ViewModel, rows: readonly MetricRow[]): Headline[] {
  // The store being away explains it all, and is said already.
  if (isAway(reading)) return [];
  const {stream, snapshot, gray, prod} = reading;
  const sinceMs = reading.at - (snapshot.state.release?.splitChangedAt ?? 0);
  const found: Headline[] = [];
  if (stream.away !== null) {
    found.push(loud('▲', 'caution', t.headlines.streamAway(clean.free(stream.away))));
  }
  if (stream.aheadMs !== null)
    found.push(
      loud('▲', 'caution', t.headlines.ahead(isEndless(stream.aheadMs) ? null : clockwork(stream.aheadMs))),
    );
  if (!snapshot.split.live) {
    const rate = gray.numbers.requestsPerSecond ?? 0;
    const isOver = snapshot.state.release === null || sinceMs > LEFT_OVER_MS;
    if (rate > 0 && isOver) found.push(loud('✖', 'alarm', t.headlines.leftOver(`${threeDigits(rate)} /s`)));
    return found;
  }
  const isSettled = sinceMs > 2 * SETTLING_MS;
  if (gray.ageMs === null && isSettled) found.push(loud('▲', 'caution', t.headlines.noGray));
  else if (isStale(gray.ageMs))
    found.push(loud('▲', 'caution', t.headlines.staleGray(t.ago(gray.ageMs ?? 0), lastKnown(rows))));
  if (isStale(prod.ageMs)) found.push(loud('▲', 'caution', t.headlines.staleProd(t.ago(prod.ageMs ?? 0))));
  return found;
}
