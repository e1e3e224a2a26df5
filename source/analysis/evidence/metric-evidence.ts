import {METRICS, type Findings} from './findings.ts';
import type {Limits} from './limits.ts';
import type {Counted} from './onset.ts';
import type {PastEvidence} from './past.ts';
import type {Direction, Footing, MetricEvidence} from './reading.ts';

/** Standard deviations from which on gray is called better. */
const BETTER = 4;

/** What a reading is made of. */
interface Parts {
  people: Findings;
  requests: Findings;
  past: PastEvidence;
  limits: Limits;
  t: number;
  coverage: {isByPeople: boolean};
}

/**
 * One metric, by its place in `METRICS`, as it is shown: its rates since the onset, else of late.
 * @param limit log of the e-value at which this metric decides
 */
export function metricEvidence(
  metric: number,
  {people, requests, past, limits, t, coverage}: Parts,
  {footing, logE, limit}: {footing: Footing; logE: number; limit: number},
): MetricEvidence {
  const name = METRICS[metric] ?? METRICS[0];
  const clustering = requests.all[requests.best(metric, limits).at]?.scatter.design ?? 1;
  const isWorse = logE >= limit / 2;
  const gross = footing === 'history' ? past.of(metric) : null;
  if (gross !== null) {
    const slow = past.slowFrom;
    return {
      metric: name,
      logE,
      direction: isWorse ? 'gray-worse' : 'none',
      footing,
      onset: Number.isNaN(gross.since) ? null : gross.since,
      prod: metric === 0 ? past.rate : null,
      gray: gross.requests > 0 ? gross.events / gross.requests : null,
      samples: {prod: 0, gray: gross.requests},
      people: {prod: 0, gray: 0},
      seconds: Number.isNaN(gross.since) ? 0 : t - gross.since + 1,
      clustering,
      ...(metric === 2 && slow !== null ? {thresholdMs: 2 ** (slow / 8)} : {}),
    };
  }
  const findings = coverage.isByPeople ? people : requests;
  const {at} = findings.best(metric, limits);
  const onset = findings.all[at]?.onset;
  const read = onset?.read();
  const since = logE > 0 ? (read?.since ?? null) : null;
  const shown = since === null ? onset?.late : read?.counted;
  const bucket = metric === 2 ? limits.buckets[findings.limitAt(at)] : undefined;
  return {
    metric: name,
    logE,
    direction: isWorse ? 'gray-worse' : directionOf(name, onset?.late, clustering),
    footing,
    onset: since,
    prod: rateOf(shown?.prodEvents, shown?.prod),
    gray: rateOf(shown?.grayEvents, shown?.gray),
    samples: {prod: Math.round(shown?.prod ?? 0), gray: Math.round(shown?.gray ?? 0)},
    people: {prod: Math.round(shown?.prodPeople ?? 0), gray: Math.round(shown?.grayPeople ?? 0)},
    seconds: Math.round(shown?.seconds ?? 0),
    clustering,
    ...(bucket === undefined ? {} : {thresholdMs: 2 ** (bucket / 8)}),
  };
}

function rateOf(events = 0, requests = 0): number | null {
  return requests > 0 ? events / requests : null;
}

/** Better is shown only; a coin would have to be off by four standard deviations over the last five minutes. */
function directionOf(metric: string, late: Counted | undefined, clustering: number): Direction {
  const {gray = 0, grayEvents = 0, prod = 0, prodEvents = 0} = late ?? {};
  if (gray <= 0 || prod <= 0) return 'none';
  const share = gray / (gray + prod);
  const expected = (grayEvents + prodEvents) * share;
  const better = metric === 'conversion_rate' ? grayEvents - expected : expected - grayEvents;
  return better > BETTER * Math.sqrt(clustering * expected * (1 - share)) ? 'gray-better' : 'none';
}
