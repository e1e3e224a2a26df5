import type {Phase, Plan} from '../release/plan.ts';
import {amount, countWords, timeWords} from '../text/amounts.ts';
import {divergence} from './judge/clear.ts';
import {timeToShowAt} from './time-to-show.ts';

/** A change of a share that is worth a notification. Shares are 0–1. */
export interface Change {
  /** Of prod. */
  base: number;
  /** Of gray. */
  changed: number;
  /** Probability of a false alarm, 0–1. */
  falseAlarms: number;
}

/** What a judge who knows neither which metric, nor how much, nor since when pays on top, in nats: ln 3 + ln 3 + ln 2. */
const NOT_KNOWING = Math.log(18);

/**
 * Gray requests that no test with this rate of false alarms can do without, were prod's share known: ln(1/α) divided
 * by the divergence of one request (Wald 1947; an open-ended test that is sure to see it in the end).
 */
export function requestsAtLeast({base, changed, falseAlarms}: Change): number {
  return Math.log(1 / falseAlarms) / divergence(changed, base);
}

/**
 * The same where prod's share is learned from prod beside it, by where the events fall: of all events gray has the part
 * θ = g·p₁ / (g·p₁ + (1−g)·p₀) instead of its share g of the requests, and there are p₁ + p₀(1−g)/g of them for each
 * request of gray.
 * @param share gray's share of the requests, above 0 and below 1
 */
export function requestsBeside({base, changed, falseAlarms}: Change, share: number): number {
  return Math.log(1 / falseAlarms) / perRequest(base, changed, share);
}

function perRequest(base: number, changed: number, share: number): number {
  const events = share * changed + (1 - share) * base;
  return events > 0 ? (events / share) * divergence((share * changed) / events, share) : 0;
}

/** What goes through a feature, for a forecast. */
export interface Traffic {
  /** Of the audience, both sides together. */
  requestsPerSecond: number;
  /** Prod's error rate, 0–1. */
  errorRate: number;
}

/** What a phase can show. */
export interface PhaseForecast {
  /** Gray requests while it lasts. */
  requests: number;
  /** Gray requests it takes until a rise by as much is seen, about. */
  needed: number;
  /** How long that takes, milliseconds; null: never at this traffic. */
  neededMs: number | null;
  isEnough: boolean;
  /** The smallest rise it shows, percentage points; null: not even all requests failing. */
  smallestPoints: number | null;
}

/**
 * Whether evidence can see the error rate rise by `points` while a phase lasts; null where nothing is compared (0 %,
 * 100 %) or the phase has no end of its own.
 */
export function forecastPhase(
  {percent, durationMs}: Pick<Phase, 'percent' | 'durationMs'>,
  {requestsPerSecond, errorRate}: Traffic,
  {points = 1, falseAlarms = 0.01}: {points?: number; falseAlarms?: number} = {},
): PhaseForecast | null {
  if (durationMs === null || percent <= 0 || percent >= 100) return null;
  const share = percent / 100;
  const perMs = (requestsPerSecond * share) / 1000;
  const requests = perMs * durationMs;
  const price = Math.log(1 / falseAlarms) + NOT_KNOWING;
  const needs = (rise: number) => price / perRequest(errorRate, Math.min(1, errorRate + rise), share);
  const needed = needs(points / 100);
  const isPossible = Number.isFinite(needed) && perMs > 0;
  return {
    requests,
    needed,
    neededMs: isPossible ? needed / perMs : null,
    isEnough: requests >= needed,
    smallestPoints: smallest(rise => needs(rise) <= requests, 1 - errorRate),
  };
}

/** The least rise that is enough, in points, to a hundredth of one; null when the greatest is not. */
function smallest(isEnough: (rise: number) => boolean, most: number): number | null {
  if (!(most > 0) || !isEnough(most)) return null;
  let [low, high] = [0, most];
  while (high - low > 5e-5) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high * 1e4) / 100;
}

/** What a plan cannot do at this traffic. */
export interface PlanDoubt {
  code: 'phase-too-short' | 'window-too-short' | 'criterion-unshown';
  phase: number;
  /** Gray requests there will be, and how many it takes. */
  requests: number;
  needed: number;
  /** Of a phase or criterion: how long it would take, milliseconds, null: for ever. */
  neededMs: number | null;
  /** Of a phase: the least rise it shows, points, null: none. */
  smallestPoints: number | null;
  /** Of a window or criterion: the condition, and the length of its window. */
  condition: {text: string; overMs: number} | null;
  text: string;
}

/**
 * Phases too short to show a rise by `points`, conditions whose window never holds enough requests, and criteria that
 * cannot be shown while their phase lasts, though the release is well.
 */
export function planDoubts(plan: Plan, traffic: Traffic, points = 1): PlanDoubt[] {
  return plan.phases.flatMap((phase, index) => [
    ...(plan.evidence === null ? [] : shortPhase(phase, index, traffic, points, plan.evidence.falseAlarms)),
    ...shortWindows(plan, phase, index, traffic),
    ...unshown(phase, index, traffic),
  ]);
}

function shortPhase(
  phase: Phase,
  index: number,
  traffic: Traffic,
  points: number,
  falseAlarms: number,
): PlanDoubt[] {
  const forecast = forecastPhase(phase, traffic, {points, falseAlarms});
  if (forecast === null || forecast.isEnough) return [];
  const {requests, needed, neededMs, smallestPoints} = forecast;
  const takes = neededMs === null ? 'nothing would show it' : `that takes about ${timeWords(neededMs)}`;
  const sees =
    smallestPoints === null
      ? 'it shows no rise at all'
      : `it shows one of ${amount(smallestPoints, 'points')}`;
  const rise = points === 1 ? 'a one-point rise' : `a rise of ${amount(points, 'points')}`;
  return [
    {
      code: 'phase-too-short',
      phase: index,
      requests,
      needed,
      neededMs,
      smallestPoints,
      condition: null,
      text: `${phase.name} is too short to see ${rise} of errors at this traffic: ${takes}; ${sees}`,
    },
  ];
}

function shortWindows(plan: Plan, phase: Phase, index: number, traffic: Traffic): PlanDoubt[] {
  if (phase.percent <= 0) return [];
  const perMs = (traffic.requestsPerSecond * phase.percent) / 100_000;
  const stops = plan.guardrails.filter(
    ({then, whenUnknown}) => (then === 'rollback' || then === 'pause') && whenUnknown !== 'ignore',
  );
  // What is shown by a bound waits for no number of requests.
  const deciding = phase.criteria.filter(({dryRun, condition}) => !dryRun && condition.proof === 'requests');
  return [...stops.map(({when}) => when), ...deciding.map(({condition}) => condition)]
    .filter(({overMs, minRequests}) => perMs * overMs < minRequests)
    .map(({text, overMs, minRequests}) => ({
      code: 'window-too-short',
      phase: index,
      requests: perMs * overMs,
      needed: minRequests,
      neededMs: null,
      smallestPoints: null,
      condition: {text, overMs},
      text: `${phase.name}: "${text}" wants ${countWords(minRequests)} gray requests in ${timeWords(overMs)}, and there will be about ${countWords(perMs * overMs)}`,
    }));
}

function unshown({name, percent, durationMs, criteria}: Phase, index: number, traffic: Traffic): PlanDoubt[] {
  if (percent <= 0 || durationMs === null || durationMs === 0) return [];
  const share = percent / 100;
  const requests = (traffic.requestsPerSecond * share * durationMs) / 1000;
  return criteria.flatMap(({condition, dryRun}): PlanDoubt[] => {
    const neededMs = dryRun ? undefined : timeToShowAt(condition, {...traffic, share});
    if (neededMs === undefined || (neededMs !== null && neededMs <= durationMs)) return [];
    const {text, overMs} = condition;
    const takes = neededMs === null ? 'nothing would show it' : `that takes about ${timeWords(neededMs)}`;
    return [
      {
        code: 'criterion-unshown',
        phase: index,
        requests,
        needed: neededMs === null ? requests : (requests * neededMs) / durationMs,
        neededMs,
        smallestPoints: null,
        condition: {text, overMs},
        text: `${name} is too short to show "${text}" at this traffic: ${takes}`,
      },
    ];
  });
}
