import type {LogHistogram} from '../sketches/log-histogram.ts';
import type {Side} from '../numbers.ts';
import type {Look} from './look.ts';

/** A metric of one side over a window. */
export interface MetricReading {
  /** In the metric's unit; null when nobody reports it. */
  value: number | null;
  /** Requests or values it is made of; null when of neither. */
  samples: number | null;
}

const USE = 'feature_use_rate.';
/** Shares of the requests, and the counters they are made of. */
const SHARES: Readonly<Record<string, string>> = {error_rate: 'errors', conversion_rate: 'conversions'};
const PARTS: readonly [suffix: string, read: (values: LogHistogram) => number | null][] = [
  ['_p50', values => values.quantile(0.5)],
  ['_p95', values => values.quantile(0.95)],
  ['_p99', values => values.quantile(0.99)],
  ['_avg', values => values.mean()],
  ['', values => values.mean()],
];

/** Reads any metric that samples can carry, by the name conditions use. */
export function readMetric(look: Look, side: Side, name: string, overMs: number): MetricReading {
  const {requests, entries} = look.arrivals(side, overMs);
  const ofRequests = (value: number | null): MetricReading => ({value, samples: requests});
  const share = (counter: string) => percentOf(look.counted(side, counter, overMs), requests);
  const perSecond = (count: number) => {
    const seconds = look.coveredSeconds(overMs);
    return seconds > 0 ? count / seconds : null;
  };
  const counter = Object.hasOwn(SHARES, name) ? SHARES[name] : undefined;
  if (counter !== undefined) return ofRequests(share(counter));
  if (name.startsWith(USE)) return ofRequests(share(`uses.${name.slice(USE.length)}`));
  switch (name) {
    case 'availability': {
      const missing = share('unavailable');
      return ofRequests(missing === null ? null : Math.max(0, 100 - missing));
    }
    case 'throughput':
      return ofRequests(entries > 0 ? perSecond(requests) : null);
    case 'active_users':
      return ofRequests(look.users(side, overMs));
  }
  const distributed = readDistribution(look, side, name, overMs);
  if (distributed !== null) return distributed;
  const gauge = look.gauge(side, name, overMs);
  if (gauge !== null) return {value: gauge, samples: null};
  const count = look.counted(side, name, overMs);
  return count === null ? {value: null, samples: null} : ofRequests(perSecond(count));
}

/** The distribution a name speaks of, and which part of it; null when it is none, or holds nothing. */
function readDistribution(look: Look, side: Side, name: string, overMs: number): MetricReading | null {
  for (const [suffix, read] of PARTS) {
    if (!name.endsWith(suffix)) continue;
    const values = look.distribution(side, suffix === '' ? name : name.slice(0, -suffix.length), overMs);
    if (values !== null) return {value: read(values), samples: values.count};
  }
  return null;
}

function percentOf(part: number | null, whole: number): number | null {
  return part === null || whole <= 0 ? null : (part / whole) * 100;
}
