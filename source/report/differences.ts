import type {SideNumbers} from '../analysis/numbers.ts';
import type {Difference, Sides} from './report.ts';

const METRICS: readonly [
  metric: Difference['metric'],
  unit: Difference['unit'],
  higherIs: 'better' | 'worse',
  of: (numbers: SideNumbers) => number | null,
][] = [
  ['error_rate', 'percent', 'worse', ({errorRate}) => errorRate],
  ['availability', 'percent', 'better', ({availability}) => availability],
  ['conversion_rate', 'percent', 'better', ({conversionRate}) => conversionRate],
  ['response_time_p50', 'ms', 'worse', ({responseTime}) => responseTime.p50],
  ['response_time_p95', 'ms', 'worse', ({responseTime}) => responseTime.p95],
  ['response_time_p99', 'ms', 'worse', ({responseTime}) => responseTime.p99],
];
/** What differs less than this part is called the same. */
const SAME = 0.02;

/** The metrics that both sides have told, and which side each speaks for. Says nothing of chance: verdicts do. */
export function differencesOf({prod, gray}: Sides): Difference[] {
  if (prod === null || gray === null) return [];
  return METRICS.flatMap(([metric, unit, higherIs, of]) => {
    const [p, g] = [of(prod), of(gray)];
    if (p === null || g === null) return [];
    const isSame = Math.abs(g - p) <= SAME * Math.max(Math.abs(p), Math.abs(g));
    const better = isSame ? 'neither' : g > p === (higherIs === 'better') ? 'gray' : 'prod';
    return [{metric, unit, prod: p, gray: g, times: p === 0 ? null : g / p, better}];
  });
}
