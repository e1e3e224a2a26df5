import {METRICS, PERCENTILES, type MetricDefinition} from '../../analysis/metrics.ts';
import type {Unit} from '../../release/plan.ts';
import {nearest} from '../../text/quote.ts';

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

const KNOWN = Object.entries(METRICS).map(([name, metric]): [string, Row] => {
  const {unit, better, read, atMost = unit === 'percent' ? 100 : null} = metric as MetricDefinition;
  return [name, {unit, better, atMost, needsRequests: read.by === 'share' || read.by === 'values'}];
});

const FEATURE_USE = /^feature_use_rate\.[\p{L}\p{N}_-]+$/u;
/** More than one use a request is possible. */
const FEATURE_USE_RATE: Row = {unit: 'percent', better: 'higher', atMost: null, needsRequests: true};

/** Words that people use for a known metric. */
const ALSO_CALLED: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries(METRICS).flatMap(([name, {alsoCalled = []}]: [string, MetricDefinition]) =>
    alsoCalled.map(word => [word, name]),
  ),
  ['feature_use_rate', 'feature_use_rate.NAME'],
]);

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
    [...KNOWN, ...declaredRows(declared)].map(([name, row]) => [name, {name: canonical(name), ...row}]),
  );
  const names = [...rows.keys(), 'feature_use_rate.NAME'];
  return {
    names,
    find(name) {
      return FEATURE_USE.test(name) ? {name, ...FEATURE_USE_RATE} : (rows.get(canonical(name)) ?? null);
    },
    nearest: name => nearest(name, names, ALSO_CALLED),
  };
}

function canonical(name: string): string {
  return name === 'response_time_avg' ? 'response_time' : name;
}
