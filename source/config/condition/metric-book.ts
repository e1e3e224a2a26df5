import type {Unit} from '../../release/plan.ts';
import {nearest} from '../yaml/nearest.ts';

/** What a condition needs to know of a metric. */
export interface MetricKind {
  /** The one name it goes by: `response_time_avg` is `response_time`. */
  name: string;
  unit: Unit;
  /** Which way is better; null where neither is. */
  better: 'lower' | 'higher' | null;
  /** The greatest value it can have, in its unit; null: no bound. None is below 0. */
  atMost: number | null;
  /** Whether it is computed from gray's requests, so that few requests make it unsure. */
  needsRequests: boolean;
}

/** A metric that the project's config declares. */
export interface MetricDeclaration {
  type: 'counter' | 'gauge' | 'distribution';
  unit: Unit;
  better: MetricKind['better'];
}

/** The metrics a condition may name. */
export interface MetricBook {
  find(name: string): MetricKind | null;
  /** The name that was probably meant. */
  nearest(name: string): string | null;
  names: readonly string[];
}

type Row = Omit<MetricKind, 'name'>;
const RESPONSE_TIME: Row = {unit: 'ms', better: 'lower', atMost: null, needsRequests: true};
const MACHINE: Row = {unit: 'percent', better: 'lower', atMost: 100, needsRequests: false};
const HIGH_SHARE: Row = {unit: 'percent', better: 'higher', atMost: 100, needsRequests: true};

/** Known without configuration. `throughput` and `active_users` follow the percent: neither direction is bad by itself. */
const KNOWN: Readonly<Record<string, Row>> = {
  error_rate: {unit: 'percent', better: 'lower', atMost: 100, needsRequests: true},
  availability: HIGH_SHARE,
  throughput: {unit: 'per-second', better: null, atMost: null, needsRequests: false},
  conversion_rate: HIGH_SHARE,
  active_users: {unit: 'count', better: null, atMost: null, needsRequests: false},
  user_satisfaction: {unit: 'count', better: 'higher', atMost: 5, needsRequests: false},
  /** Reports within the window. */
  bug_reports: {unit: 'count', better: 'lower', atMost: null, needsRequests: false},
  response_time: RESPONSE_TIME,
  response_time_p50: RESPONSE_TIME,
  response_time_p95: RESPONSE_TIME,
  response_time_p99: RESPONSE_TIME,
  // More than one core may be counted as more than 100 %.
  cpu: {...MACHINE, atMost: null},
  memory: MACHINE,
  db_connections: {unit: 'count', better: 'lower', atMost: null, needsRequests: false},
  redis_memory: MACHINE,
};

const FEATURE_USE = /^feature_use_rate\.[\p{L}\p{N}_-]+$/u;
/** More than one use a request is possible. */
const FEATURE_USE_RATE: Row = {...HIGH_SHARE, atMost: null};

/** Words people use for a known metric. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  latency: 'response_time',
  duration: 'response_time',
  p50: 'response_time_p50',
  median: 'response_time_p50',
  p95: 'response_time_p95',
  p99: 'response_time_p99',
  latency_p95: 'response_time_p95',
  latency_p99: 'response_time_p99',
  errors: 'error_rate',
  failure_rate: 'error_rate',
  requests: 'throughput',
  rps: 'throughput',
  qps: 'throughput',
  conversions: 'conversion_rate',
  conversion: 'conversion_rate',
  uptime: 'availability',
  unavailable: 'availability',
  users: 'active_users',
  satisfaction: 'user_satisfaction',
  rating: 'user_satisfaction',
  bugs: 'bug_reports',
  bug_report: 'bug_reports',
  cpu_usage: 'cpu',
  memory_usage: 'memory',
  feature_use_rate: 'feature_use_rate.NAME',
  错误率: 'error_rate',
  响应时间: 'response_time',
  可用性: 'availability',
  吞吐量: 'throughput',
  转化率: 'conversion_rate',
  用户满意度: 'user_satisfaction',
  故障报告: 'bug_reports',
};

const PERCENTILES = ['p50', 'p95', 'p99'] as const;

function declaredRows(declared: Readonly<Record<string, MetricDeclaration>>): [string, Row][] {
  return Object.entries(declared).flatMap(([name, {type, unit, better}]) => {
    const row: Row = {
      unit,
      better,
      atMost: unit === 'percent' ? 100 : null,
      needsRequests: type === 'distribution',
    };
    const names = type === 'distribution' ? [name, ...PERCENTILES.map(part => `${name}_${part}`)] : [name];
    return names.map((one): [string, Row] => [one, row]);
  });
}

/** The known metrics and those the config declares. */
export function metricBook(declared: Readonly<Record<string, MetricDeclaration>> = {}): MetricBook {
  // Made once: the judge asks for every condition of every look.
  const rows = new Map(
    [...Object.entries(KNOWN), ...declaredRows(declared)].map(([name, row]) => [
      name,
      {name: canonical(name), ...row},
    ]),
  );
  const names = [...rows.keys(), 'feature_use_rate.NAME'];
  return {
    names,
    find(name) {
      return FEATURE_USE.test(name) ? {name, ...FEATURE_USE_RATE} : (rows.get(canonical(name)) ?? null);
    },
    nearest: name => nearest(name, names, OTHER_NAMES),
  };
}

function canonical(name: string): string {
  return name === 'response_time_avg' ? 'response_time' : name;
}
