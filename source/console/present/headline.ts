import type {Release} from '../../release/state.ts';
import {differenceText} from './compared.ts';
import {clockwork, setPercent, threeDigits, timeOfDay} from './format.ts';
import {say, spreadFirst, type Line, type Tone} from './line.ts';
import {standsOutSince, type MetricRow} from './metric-rows.ts';
import {isEveryoneBack, rollbackResult} from './rollback-result.ts';
import {routersAgainst, type RouterStanding} from './routers.ts';
import type {Scene} from './screen.ts';
import {isAway, isDim, isStale} from './sides.ts';
import {observedDisagrees} from './state-line.ts';

/** The one thing to know now. `loud` ones fill their row; the hint names the key that helps. */
export interface Headline {
  mark: string;
  tone: Tone;
  isLoud: boolean;
  text: string;
  /** Shorter words for the same, for a narrow screen. */
  short?: string;
  hint: string;
}

const SETTLING_MS = 5000;
/** A chain that was repaired this long ago is history. */
const BREAK_SHOWN_MS = 10 * 60_000;
const LISTED_AT_MOST = 3;
/** Requests under way may still end on gray, and the window still holds those of before. */
const LEFT_OVER_MS = 75_000;

/** Everything worth a headline, the most urgent first; there is always one. */
export function headlines(scene: Scene, rows: readonly MetricRow[]): Headline[] {
  const {release} = scene.reading.snapshot.state;
  const routers = routersAgainst(scene.reading);
  const found = [
    ...ofTheStore(scene),
    ...(release === null ? [] : ofTheRelease(release, scene, routers)),
    ...(release === null ? [] : ofGray(release, scene, rows)),
    ...ofAlerts(scene),
    ...(release === null ? [] : ofRouters(release, scene, routers)),
    ...ofTheStream(scene, rows),
  ];
  return found.length > 0 ? found : [calm(release, scene, rows)];
}

function loud(mark: string, tone: Tone, text: string, hint = ''): Headline {
  return {mark, tone, isLoud: true, text, hint};
}

function ofTheStore({reading: {store, snapshot, at}, t, clean}: Scene): Headline[] {
  const {health} = store;
  const {link, lastBreak, state} = snapshot;
  const found: Headline[] = [];
  if (health.state === 'away') {
    found.push(loud('✖', 'alarm', t.headlines.storeAway(clockwork(health.sinceMs)), t.hints.offline));
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

function ofTheRelease(release: Release, scene: Scene, routers: RouterStanding): Headline[] {
  const {t, clean, mayAct} = scene;
  switch (release.state) {
    case 'failed': {
      const step = release.steps.findLast(({state}) => state === 'failed');
      const name = step === undefined ? '' : t.steps[step.name];
      return [
        loud(
          '✖',
          'alarm',
          t.headlines.failed(name, clean.free(step?.error ?? ''), step?.run === 'promotion'),
          mayAct ? t.hints.retryOrBack : '',
        ),
      ];
    }
    case 'rolling_back':
    case 'rolled_back': {
      const isThrough = isEveryoneBack(release, routers);
      const text = rollbackResult(release, scene, routers);
      return [loud(isThrough ? '✔' : '◀', isThrough ? 'relief' : 'caution', text)];
    }
    case 'completed':
      return [
        {
          mark: '✔',
          tone: 'good',
          isLoud: false,
          text: t.headlines.completed(clean.name(release.version)),
          hint: '',
        },
      ];
    case 'paused': {
      const reason = release.pausedReason === null ? '' : clean.free(release.pausedReason);
      return [loud('‖', 'caution', t.headlines.paused(reason), mayAct ? t.hints.resume : '')];
    }
    case 'deploying':
    case 'promoting':
    case 'rolling':
      return [];
  }
}

/** What stands out on gray: worse first, then what is worth a look. */
function ofGray(release: Release, scene: Scene, rows: readonly MetricRow[]): Headline[] {
  const {reading, t, mayAct} = scene;
  if (!reading.snapshot.split.live || isDim('gray', reading)) return [];
  const worse = rows.filter(row => row.compared.standing === 'worse');
  const [first] = worse;
  if (first !== undefined) {
    const since = standsOutSince(first, release.splitChangedAt);
    const when = since === null ? '' : t.headlines.forSince(clockwork(reading.at - since), timeOfDay(since));
    const also = worse.slice(1, 1 + LISTED_AT_MOST).map(({label}) => label);
    const text = t.headlines.worse(
      first.label,
      first.texts.gray,
      first.compared.broken === null
        ? t.headlines.against(differenceText(first, t), first.texts.prod)
        : t.headlines.over(limitText(first), first.texts.prod),
      when,
      also,
    );
    const short = t.headlines.worseShort(
      first.label,
      first.texts.gray,
      first.texts.prod,
      since === null ? '' : clockwork(reading.at - since),
    );
    return [{...loud('✖', 'alarm', text, mayAct ? t.hints.rollback : ''), short}];
  }
  const doubtful = rows.filter(row => row.compared.standing === 'doubtful');
  if (doubtful.length === 0) return [];
  const list = doubtful.slice(0, LISTED_AT_MOST).map(row => `${row.label} ${differenceText(row, t)}`);
  return [
    {
      mark: '▲',
      tone: 'warn',
      isLoud: false,
      text: t.headlines.doubtful(list),
      hint: mayAct ? t.hints.chart : '',
    },
  ];
}

function limitText({compared, metric}: MetricRow): string {
  if (compared.broken === null) return '';
  const {value} = compared.broken;
  return metric.kind === 'percent' ? setPercent(value) : metric.kind === 'ms' ? `${value} ms` : `${value}`;
}

function ofAlerts({reading, t, clean, mayAct}: Scene): Headline[] {
  const open = reading.snapshot.state.alerts.filter(
    alert =>
      alert.level === 'critical' &&
      alert.acknowledgedAt === null &&
      alert.resolvedAt === null &&
      !alert.silenced,
  );
  const newest = open.at(-1);
  if (newest === undefined) return [];
  return [
    loud(
      '✖',
      'alarm',
      t.headlines.alert(clean.free(newest.message), open.length),
      mayAct ? t.hints.acknowledge : '',
    ),
  ];
}

function ofRouters(release: Release, scene: Scene, routers: RouterStanding): Headline[] {
  const {reading, t, clean} = scene;
  const found: Headline[] = [];
  if (routers.silent.length > 0) {
    const names = routers.silent
      .slice(0, LISTED_AT_MOST)
      .map((router, index) => clean.host(router.name, index));
    const leftMs = Math.max(...routers.silent.map(one => one.leftMs));
    found.push(loud('▲', 'caution', t.headlines.silent(routers.silent.length, names, leftMs)));
  }
  const sinceMs = reading.at - release.splitChangedAt;
  if (routers.behind.length > 0 && sinceMs > SETTLING_MS) {
    const names = routers.behind
      .slice(0, LISTED_AT_MOST)
      .map((router, index) => clean.host(router.name, index));
    found.push(loud('▲', 'caution', t.headlines.behind(routers.behind.length, names)));
  }
  const {split} = reading.snapshot;
  if (
    split.live &&
    reading.gray.ageMs !== null &&
    observedDisagrees(split.percent, reading.observed, sinceMs)
  ) {
    found.push(loud('▲', 'caution', t.headlines.observed(reading.observed ?? 0, split.percent)));
  }
  return found;
}

function ofTheStream({reading, t, clean}: Scene, rows: readonly MetricRow[]): Headline[] {
  // The store being away explains it all, and is said already.
  if (isAway(reading)) return [];
  const {stream, snapshot, gray, prod} = reading;
  const sinceMs = reading.at - (snapshot.state.release?.splitChangedAt ?? 0);
  const found: Headline[] = [];
  if (stream.away !== null) {
    found.push(loud('▲', 'caution', t.headlines.streamAway(clean.free(stream.away))));
  }
  if (stream.aheadMs !== null) found.push(loud('▲', 'caution', t.headlines.ahead(clockwork(stream.aheadMs))));
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

/** What stood out when gray was last heard of: no data is not good news. */
function lastKnown(rows: readonly MetricRow[]): string[] {
  return rows
    .filter(row => row.compared.standing === 'worse')
    .slice(0, LISTED_AT_MOST)
    .map(row => `${row.label} ${row.texts.gray}`);
}

function calm(release: Release | null, {reading, t, clean}: Scene, rows: readonly MetricRow[]): Headline {
  const quiet = (mark: string, tone: Tone, text: string): Headline => ({
    mark,
    tone,
    isLoud: false,
    text,
    hint: '',
  });
  if (release === null) return quiet('○', 'quiet', t.idle.headline(clean.name(reading.feature)));
  if (release.state === 'deploying') return quiet('◌', 'strong', t.headlines.deploying);
  if (release.state === 'promoting') return quiet('▲', 'strong', t.headlines.promoting);
  const compared = rows.filter(row => row.compared.standing === 'same' || row.compared.standing === 'better');
  if (compared.length > 0) return quiet('✔', 'good', t.headlines.fine(compared.length));
  if (reading.gray.ageMs === null) return quiet('…', 'quiet', t.headlines.waiting);
  return quiet('…', 'quiet', t.headlines.few(reading.gray.numbers.requests));
}

/** One row for a headline; `more` tells how many have no row. */
export function headlineLine(headline: Headline, more: string, width: number): Line {
  const {mark, tone, isLoud, text, short = text, hint} = headline;
  const words = isLoud ? tone : 'plain';
  const ends = isLoud ? tone : 'quiet';
  const end = [say(`${more}${hint === '' || more === '' ? '' : '  '}${hint} `, ends)];
  const said = (told: string): Line => [say(` ${mark} `, tone), say(told, words)];
  const line = spreadFirst(
    [
      [said(text), end],
      [said(short), end],
      [said(short), [say(`${hint} `, ends)]],
    ],
    width,
  );
  return isLoud ? line.map(piece => ({...piece, tone})) : line;
}
