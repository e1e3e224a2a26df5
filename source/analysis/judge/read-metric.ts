import type {LogHistogram} from '../log-histogram.ts';
import type {Side, SideNumbers} from '../numbers.ts';
import type {Look} from './look.ts';

/** A metric of one side over a window. */
export interface MetricReading {
  /** In the metric's unit; null when nobody reports it. */
  value: number | null;
  /** Requests or values it is made of; null when of neither. */
  samples: number | null;
}

const NOBODY: MetricReading = {value: null, samples: null};
const USE = 'feature_use_rate.';
const PARTS: readonly [suffix: string, read: (values: LogHistogram) => number | null][] = [
  ['_p50', values => values.quantile(0.5)],
  ['_p95', values => values.quantile(0.95)],
  ['_p99', values => values.quantile(0.99)],
  ['_avg', values => values.mean()],
  ['', values => values.mean()],
];

/** Reads any metric that samples can carry, by the name conditions use. */
export function readMetric(look: Look, side: Side, name: string, overMs: number): MetricReading {
  const distributed = readDistribution(look, side, name, overMs);
  if (distributed !== null) return distributed;
  const numbers = look.numbers(side, overMs);
  const ofRequests = (value: number | null): MetricReading => ({value, samples: numbers.requests});
  switch (name) {
    case 'error_rate':
      return ofRequests(numbers.errorRate);
    case 'conversion_rate':
      return ofRequests(numbers.conversionRate);
    case 'availability':
      return ofRequests(numbers.availability);
    case 'throughput':
      return ofRequests(numbers.requestsPerSecond);
    case 'active_users':
      return ofRequests(numbers.activeUsers);
    default:
      return name.startsWith(USE) ? use(numbers, name.slice(USE.length)) : other(look, numbers, name, overMs);
  }
}

/** The distribution a name speaks of, and which part of it; null when it is none. */
function readDistribution(look: Look, side: Side, name: string, overMs: number): MetricReading | null {
  for (const [suffix, read] of PARTS) {
    if (!name.endsWith(suffix)) continue;
    const values = look.distribution(side, suffix === '' ? name : name.slice(0, -suffix.length), overMs);
    if (values !== null) return {value: read(values), samples: values.count};
  }
  return null;
}

function use({counters, requests}: SideNumbers, feature: string): MetricReading {
  const name = `uses.${feature}`;
  if (!Object.hasOwn(counters, name)) return NOBODY;
  return {value: requests > 0 ? ((counters[name] ?? 0) / requests) * 100 : null, samples: requests};
}

/** A gauge as it is; any other counter by the second. */
function other(look: Look, numbers: SideNumbers, name: string, overMs: number): MetricReading {
  const {gauges, counters, requests} = numbers;
  if (Object.hasOwn(gauges, name)) return {value: gauges[name] ?? null, samples: null};
  if (!Object.hasOwn(counters, name)) return NOBODY;
  const seconds = look.coveredSeconds(overMs);
  return {value: seconds > 0 ? (counters[name] ?? 0) / seconds : null, samples: requests};
}
