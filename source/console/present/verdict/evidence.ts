import type {EvidenceReading, MetricEvidence} from '../../../analysis/evidence/reading.ts';
import {UNKNOWN} from '../../../text/format.ts';
import {say, type Line, type Tone} from '../line.ts';
import type {ViewModel} from '../view-model.ts';
import {bar} from './bar.ts';
import {metricLabel, quantity} from './quantity.ts';
import type {Row} from './row.ts';
import {timeOfDay} from '../moment.ts';

const BAR_WIDTH = 14;
/** From this part of the way to the limit on it is worth a look. */
const WORTH_A_LOOK = 0.4;
/** Further off than this a forecast says nothing, seconds. */
const FORECAST_AT_MOST = 6 * 3600;

/**
 * Evidence as a bar towards its limit: how rare chance makes it, which metric, and when it will decide. Once that is worth a
 * look, a second row says which values, since when, and on what it rests.
 */
export function evidenceRows(evidence: EvidenceReading, scene: ViewModel): Row[] {
  const {verdict: t} = scene.t;
  const {logE, peak, limit, decided, decidedAt, worst, metrics, forecastSeconds} = evidence;
  // What has decided stays decided, though it may look better by now.
  const shown = decided ? Math.max(logE, peak) : logE;
  const part = shown / limit;
  const isNear = decided || part >= WORTH_A_LOOK;
  const tone: Tone = decided ? 'bad' : isNear ? 'warn' : 'quiet';
  const found = metrics.find(({metric}) => metric === worst);
  const better = metrics.find(one => one.direction === 'gray-better');
  const about: Line[] = [];
  if (found !== undefined && isNear) {
    const label = evidenceLabel(found.metric, scene);
    about.push([say(t.evidence.worse(label), decided ? 'bad' : 'strong')]);
  } else if (better !== undefined) {
    about.push([say(t.evidence.better(evidenceLabel(better.metric, scene)), 'good')]);
  } else about.push([say(t.evidence.none, 'quiet')]);
  if (decidedAt !== null) about.push([say(t.evidence.decided(timeOfDay(decidedAt * 1000)), 'quiet')]);
  else if (isNear && forecastSeconds !== null && forecastSeconds <= FORECAST_AT_MOST)
    about.push([say(t.evidence.decides(scene.t.age(forecastSeconds * 1000)), 'strong')]);
  const row: Row = {
    mark: {mark: decided ? '✖' : isNear ? '▲' : '·', tone},
    parts: [
      [
        say(`${t.evidence.label} `, decided ? 'bad' : isNear ? 'strong' : 'quiet'),
        ...bar(part, BAR_WIDTH, tone === 'quiet' ? 'plain' : tone),
        say(` ${t.evidence.chance(oddsOf(shown), Math.round(Math.exp(limit)))}`, isNear ? 'strong' : 'quiet'),
      ],
      ...about,
    ],
  };
  if (found === undefined || !isNear) return [row];
  const oneHost: Row = {mark: {mark: ' ', tone: 'quiet'}, parts: [[say(t.evidence.oneHost, 'strong')]]};
  return [row, detailRow(found, scene), ...(evidence.isOneHost ? [oneHost] : [])];
}

/** Which values on both sides, since when, and on what that rests. */
function detailRow(found: MetricEvidence, scene: ViewModel): Row {
  const {verdict: t} = scene.t;
  const {onset, people, footing} = found;
  return {
    mark: {mark: ' ', tone: 'quiet'},
    parts: [
      [say(sharesOf(found, scene), 'strong')],
      onset === null ? [] : [say(t.since(timeOfDay(onset * 1000)), 'strong')],
      [say(t.evidence.footing[footing](people.gray, people.prod), 'quiet')],
    ],
  };
}

/** How many times rarer than chance; null: nothing special. Two digits say enough. */
function oddsOf(log: number): number | null {
  if (!(log > Math.log(1.5))) return null;
  const odds = Math.min(1e9, Math.exp(log));
  return odds < 10 ? Math.round(odds) : Number(odds.toPrecision(2));
}

/** Response times are compared as a whole, not by one of their numbers. */
export function evidenceLabel(metric: string, scene: ViewModel): string {
  return metric === 'response_time' ? scene.t.verdict.evidence.response_time : metricLabel(metric, scene);
}

/** Gray's share against prod's: `7.5 %, prod 0.48 %`; of response times how many are slower than what tells them apart. */
export function sharesOf({gray, prod, thresholdMs}: MetricEvidence, {t}: ViewModel): string {
  const share = (value: number | null) => (value === null ? UNKNOWN : quantity(value * 100, 'percent', t));
  if (thresholdMs !== undefined)
    return t.verdict.evidence.slow(share(gray), quantity(thresholdMs, 'ms', t), share(prod));
  return `${share(gray)}, ${t.verdict.prodHas(share(prod))}`;
}
