import type {SideNumbers} from '../../../analysis/numbers.ts';
import {metricRow} from '../../../analysis/metrics.ts';
import {breaks, type Limit} from '../../../analysis/limits.ts';
import type {Metric} from './metric.ts';

/**
 * How gray stands against prod to the eye. This is no verdict: nothing acts on it. It only says where to look, so it
 * leaves out what chance alone explains easily.
 */
export type Standing = 'both' | 'worse' | 'doubtful' | 'same' | 'better' | 'few' | 'none';

export interface Compared {
  standing: Standing;
  /** gray ÷ prod, where both are known and prod is not 0. */
  ratio: number | null;
  /** gray − prod in the metric's own unit. */
  difference: number | null;
  /** The limit of the plan that gray breaks, if any. */
  broken: Limit | null;
}

const NONE: Compared = {standing: 'none', ratio: null, difference: null, broken: null};

/** Fewest gray requests before a figure of that kind says anything. */
const FEWEST_ELSE = 30;

/** Fewest events of a kind on gray, seen or expected, before two shares are compared. */
const FEWEST_EVENTS = 5;

/** Beyond these ratios to prod a time is looked at, or stands out. */
const TIME_DOUBTFUL = 1.2;
const TIME_WORSE = 1.5;
/** Standard errors between two shares before they are looked at, or stand out. */
const SHARE_DOUBTFUL = 2.5;
/** Standard errors from which a handful of events does not look the same. */
const SHARE_UNCLEAR = 1.5;
const SHARE_WORSE = 4;

/** Two-proportion z with pooled variance; positive when `gray` is higher. Shares in percent. */
function standardErrors(gray: number, prod: number, grayN: number, prodN: number): number {
  const pooled = (gray * grayN + prod * prodN) / (grayN + prodN) / 100;
  const variance = pooled * (1 - pooled) * (1 / grayN + 1 / prodN);
  return variance <= 0 ? 0 : (gray - prod) / 100 / Math.sqrt(variance);
}

/** Whether a share lies beyond its limit by a handful of events, or by what two equal sides differ in anyway. */
function isChance(
  metric: Metric,
  {value, isRelative}: Limit,
  gray: number,
  prod: number | null,
  counts: {gray: number; prod: number},
): boolean {
  if (metric.kind !== 'percent' || metric.isElsewhere === true) return false;
  const unusual = metric.name === 'availability' ? 100 - Math.min(gray, value) : Math.max(gray, value);
  if ((unusual / 100) * counts.gray < FEWEST_EVENTS) return true;
  if (isRelative !== true || prod === null) return false;
  return Math.abs(standardErrors(gray, prod, counts.gray, counts.prod)) < SHARE_DOUBTFUL;
}

function standingOf(
  metric: Metric,
  gray: number,
  prod: number,
  counts: {gray: number; prod: number},
): Standing {
  const sign = metric.worse === 'lower' ? -1 : 1;
  if (metric.kind === 'percent') {
    const unusual = metric.name === 'availability' ? 100 - Math.min(gray, prod) : Math.max(gray, prod);
    const errors = sign * standardErrors(gray, prod, counts.gray, counts.prod);
    // A handful of events is no share yet: neither that it is other than prod's, nor, where it looks so, that it is not.
    if ((unusual / 100) * counts.gray < FEWEST_EVENTS) return errors >= SHARE_UNCLEAR ? 'few' : 'same';
    if (errors >= SHARE_WORSE) return 'worse';
    if (errors >= SHARE_DOUBTFUL) return 'doubtful';
    return errors <= -SHARE_WORSE ? 'better' : 'same';
  }
  if (prod <= 0) return 'same';
  const ratio = gray / prod;
  if (ratio >= TIME_WORSE) return 'worse';
  if (ratio >= TIME_DOUBTFUL) return 'doubtful';
  return ratio <= 1 / TIME_DOUBTFUL ? 'better' : 'same';
}

/** Compares gray with prod for one metric over one window. */
export function compare(
  metric: Metric,
  gray: number | null,
  prod: number | null,
  numbers: {gray: SideNumbers; prod: SideNumbers},
  limits: readonly Limit[],
): Compared {
  if (gray === null) return NONE;
  const counts = {gray: numbers.gray.requests, prod: numbers.prod.requests};
  const isFew = metric.isElsewhere !== true && counts.gray < (metricRow(metric.name)?.fewest ?? FEWEST_ELSE);
  const broken = isFew
    ? null
    : (limits.find(
        limit => limit.then !== 'wait' && breaks(limit, gray) && !isChance(metric, limit, gray, prod, counts),
      ) ?? null);
  const ratio = prod === null || prod === 0 ? null : gray / prod;
  const difference = prod === null ? null : gray - prod;
  if (metric.compared === null) return {...NONE, standing: broken === null ? 'none' : 'worse', broken};
  if (broken !== null) {
    // Where prod is over the same limit and gray no worse, it is not gray that stands out.
    const isBoth =
      prod !== null &&
      broken.isRelative !== true &&
      breaks(broken, prod) &&
      standingOf(metric, gray, prod, counts) !== 'worse';
    return {standing: isBoth ? 'both' : 'worse', ratio, difference, broken};
  }
  if (prod === null || counts.prod === 0) return NONE;
  if (isFew) return {standing: 'few', ratio, difference, broken};
  return {standing: standingOf(metric, gray, prod, counts), ratio, difference, broken};
}
