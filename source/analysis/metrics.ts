import type {Unit} from '../release/plan.ts';
import {own} from '../release/name.ts';
import type {Language} from '../text/language.ts';

/** How a metric is read. */
export type MetricRead =
  /** Requests per second. */
  | {by: 'rate'}
  /** Percent of the requests that a counter tells; `isRest`: percent that it leaves. */
  | {by: 'share'; counter: string; isRest?: true}
  /** Quantile (0–1) of a distribution, null: its mean. */
  | {by: 'values'; of: string; quantile: number | null}
  /** Distinct users. */
  | {by: 'distinct'}
  /** Prometheus or feedback tell it, no sample does. */
  | {by: 'elsewhere'};

interface Words {
  /** In a row of the console. */
  short: string;
  /** In a sentence. */
  name: string;
  /** In the words of a plan; left out: as `name`. */
  long?: string;
}

/** A metric that is known without configuration. */
export interface MetricDefinition {
  unit: Unit;
  /** The good direction; null where neither direction is good by itself. */
  better: 'lower' | 'higher' | null;
  read: MetricRead;
  /** The greatest possible value in its unit, null: none. Left out: 100 of percents, else none. */
  atMost?: number | null;
  /** Gray requests from which the console compares both sides; left out: 30. */
  fewest?: number;
  /** What evidence compares: errors, conversions or response times. */
  evidence?: 'errors' | 'conversions' | 'times';
  /** Words that people write for it, and that a mistake then names. */
  alsoCalled?: readonly string[];
  en: Words;
  zh: Words;
}

const time = (quantile: number | null) => ({
  unit: 'ms' as const,
  better: 'lower' as const,
  evidence: 'times' as const,
  read: {by: 'values' as const, of: 'response_time', quantile},
});

/** A quantile of the response time. @param percent 1–99 */
const percentile = (percent: number, more: Pick<MetricDefinition, 'fewest' | 'alsoCalled'> = {}) => ({
  ...time(percent / 100),
  ...more,
  alsoCalled: [`p${percent}`, `latency_p${percent}`, ...(more.alsoCalled ?? [])],
  en: {
    short: `p${percent}`,
    name: `response time p${percent}`,
    long: percent === 50 ? 'the median response time' : `the ${percent}th percentile of the response time`,
  },
  zh: {
    short: `响应 p${percent}`,
    name: `响应时间 p${percent}`,
    long: percent === 50 ? '响应时间中位数' : `P${percent} 响应时间`,
  },
});

/**
 * Every metric that is known without configuration: samples carry the first ones, in the order of the screen. Reading,
 * conditions, panels, reports and the reference page follow from this table: a row makes a metric.
 */
export const METRICS = {
  throughput: {
    unit: 'per-second',
    better: null,
    read: {by: 'rate'},
    alsoCalled: ['requests', 'rps', 'qps', '吞吐量'],
    en: {short: 'requests', name: 'throughput', long: 'the throughput'},
    zh: {short: '请求量', name: '吞吐量'},
  },
  error_rate: {
    unit: 'percent',
    better: 'lower',
    read: {by: 'share', counter: 'errors'},
    evidence: 'errors',
    alsoCalled: ['errors', 'failure_rate', '错误率'],
    en: {short: 'error rate', name: 'error rate', long: 'the error rate'},
    zh: {short: '错误率', name: '错误率'},
  },
  response_time_p50: percentile(50, {alsoCalled: ['median']}),
  response_time_p95: percentile(95, {fewest: 100}),
  response_time_p99: percentile(99, {fewest: 400}),
  response_time: {
    ...time(null),
    alsoCalled: ['latency', 'duration', '响应时间'],
    en: {short: 'mean time', name: 'mean response time', long: 'the mean response time'},
    zh: {short: '平均响应', name: '平均响应时间'},
  },
  availability: {
    unit: 'percent',
    better: 'higher',
    read: {by: 'share', counter: 'unavailable', isRest: true},
    alsoCalled: ['uptime', 'unavailable', '可用性'],
    en: {short: 'availability', name: 'availability', long: 'the availability'},
    zh: {short: '可用率', name: '可用性'},
  },
  conversion_rate: {
    unit: 'percent',
    better: 'higher',
    read: {by: 'share', counter: 'conversions'},
    evidence: 'conversions',
    alsoCalled: ['conversions', 'conversion', '转化率'],
    en: {short: 'conversion', name: 'conversion rate', long: 'the conversion rate'},
    zh: {short: '转化率', name: '转化率'},
  },
  active_users: {
    unit: 'count',
    better: null,
    read: {by: 'distinct'},
    alsoCalled: ['users'],
    en: {short: 'active users', name: 'active users', long: 'the number of active users'},
    zh: {short: '活跃用户', name: '活跃用户数'},
  },
  response_time_p90: percentile(90, {fewest: 50}),
  user_satisfaction: {
    unit: 'count',
    better: 'higher',
    read: {by: 'elsewhere'},
    atMost: 5,
    alsoCalled: ['satisfaction', 'rating', '用户满意度'],
    en: {
      short: 'satisfaction',
      name: 'satisfaction of users',
      long: 'the satisfaction (1 to 5) of users',
    },
    zh: {short: '用户满意度', name: '用户满意度', long: '用户满意度（1 到 5）'},
  },
  bug_reports: {
    unit: 'count',
    better: 'lower',
    read: {by: 'elsewhere'},
    alsoCalled: ['bugs', 'bug_report', '故障报告'],
    en: {short: 'bug reports', name: 'bug reports', long: 'the number of bug reports by users'},
    zh: {short: '故障报告', name: '用户故障报告数'},
  },
  cpu: {
    unit: 'percent',
    better: 'lower',
    read: {by: 'elsewhere'},
    // More than one core may be counted as more than 100 %.
    atMost: null,
    alsoCalled: ['cpu_usage'],
    en: {short: 'cpu', name: 'CPU', long: 'the CPU use'},
    zh: {short: 'CPU', name: 'CPU 使用率'},
  },
  memory: {
    unit: 'percent',
    better: 'lower',
    read: {by: 'elsewhere'},
    alsoCalled: ['memory_usage'],
    en: {short: 'memory', name: 'memory', long: 'the memory use'},
    zh: {short: '内存', name: '内存使用率'},
  },
  db_connections: {
    unit: 'count',
    better: 'lower',
    read: {by: 'elsewhere'},
    en: {short: 'db connections', name: 'database connections', long: 'the number of database connections'},
    zh: {short: '数据库连接', name: '数据库连接数'},
  },
  redis_memory: {
    unit: 'percent',
    better: 'lower',
    read: {by: 'elsewhere'},
    en: {short: 'redis memory', name: 'Redis memory', long: 'the Redis memory use'},
    zh: {short: 'Redis 内存', name: 'Redis 内存使用率'},
  },
} as const satisfies Record<string, MetricDefinition>;

export type AnyMetricName = keyof typeof METRICS;
/** A metric that samples carry. */
export type MetricName = {
  [K in AnyMetricName]: (typeof METRICS)[K]['read']['by'] extends 'elsewhere' ? never : K;
}[AnyMetricName];

const ROWS: Readonly<Record<string, MetricDefinition>> = METRICS;

/** The row of a metric; null where it is not known. `response_time_avg` is `response_time`. */
export function metricRow(name: string): MetricDefinition | null {
  return own(ROWS, name === 'response_time_avg' ? 'response_time' : name) ?? null;
}

/** Names of the metrics that samples carry, in the order of the screen. */
export const METRIC_NAMES = Object.entries(ROWS).flatMap(([name, {read}]) =>
  read.by === 'elsewhere' ? [] : [name as MetricName],
);

/** A part of a distribution: its mean, or a percentile by its name. */
export type Part =
  'mean' | (AnyMetricName extends infer K ? (K extends `response_time_${infer P}` ? P : never) : never);

const quantiles = Object.entries(ROWS).flatMap(([name, {read}]): [string, number][] =>
  read.by === 'values' && read.quantile !== null ? [[name.slice(`${read.of}_`.length), read.quantile]] : [],
);
/** Names of percentiles. Conditions may ask any distribution for them: `NAME_p95`. */
export const PERCENTILES = quantiles.map(([part]) => part);

/** The part of a distribution at a quantile. */
export function partOf(quantile: number | null): Part {
  return (quantiles.find(([, at]) => at === quantile)?.[0] ?? 'mean') as Part;
}

/** Everything that is read off a distribution; null without values. */
export type ValueParts = Record<Part, number | null>;

export function summaryBy(read: (quantile: number | null) => number | null): ValueParts {
  const parts = quantiles.map(([part, quantile]) => [part, read(quantile)] as const);
  return {mean: read(null), ...Object.fromEntries(parts)} as ValueParts;
}

const SUFFIXES: readonly [suffix: string, part: Part, quantile: number | null][] = [
  ...quantiles.map(([part, quantile]): [string, Part, number] => [`_${part}`, part as Part, quantile]),
  ['_avg', 'mean', null],
  ['', 'mean', null],
];

type Behind = readonly {distribution: string; part: Part; quantile: number | null}[];
/** What was asked before: conditions ask for the same few names every second. */
const BEHIND = new Map<string, Behind>();
const MOST_BEHIND = 1000;

/** The distributions that a name may speak of and the quantile of each (null: its mean), the likeliest first. */
export function valuesBehind(name: string): Behind {
  const known = BEHIND.get(name);
  if (known !== undefined) return known;
  const behind = SUFFIXES.filter(([suffix]) => name.endsWith(suffix)).map(([suffix, part, quantile]) => ({
    distribution: suffix === '' ? name : name.slice(0, -suffix.length),
    part,
    quantile,
  }));
  if (BEHIND.size >= MOST_BEHIND) BEHIND.clear();
  BEHIND.set(name, behind);
  return behind;
}

/** Words for every metric, for the catalogue of a room. */
export function metricWordsIn(lang: Language, form: keyof Words): Record<AnyMetricName, string> {
  return Object.fromEntries(
    Object.entries(ROWS).map(([name, row]) => [name, row[lang][form] ?? row[lang].name]),
  ) as Record<AnyMetricName, string>;
}
