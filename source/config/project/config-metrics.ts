import type {Unit} from '../../release/plan.ts';
import {oneOf} from '../yaml/leaf.ts';
import {
  metricBook,
  type MetricBook,
  type MetricDeclaration,
  type MetricKind,
} from '../condition/metric-book.ts';
import {query, readPer, type MetricQuery} from './metric-query.ts';
import {quote} from '../yaml/mistake.ts';
import {child, isMapping, isWritten, type Fields, type Reader, type Spot} from '../yaml/reader.ts';
import {own} from '../../release/own.ts';

const METRIC_NAME = /^[A-Za-z][\w.-]{0,63}$/u;
const UNITS: Readonly<Record<string, Unit>> = {'%': 'percent', ms: 'ms', '/s': 'per-second', count: 'count'};
const METRIC_SHAPE = {
  type: oneOf(['counter', 'gauge', 'distribution']),
  unit: oneOf(['%', 'ms', '/s', 'count']),
  better: oneOf(['lower', 'higher', 'neither']),
  query,
  per: oneOf(['side', 'service']),
};
type MetricFields = Fields<typeof METRIC_SHAPE>;
const OTHER_NAMES = {
  kind: 'type',
  direction: 'better',
  good: 'better',
  promql: 'query',
  expr: 'query',
  prometheus: 'query',
};

/** What `metrics:` says. */
export interface ConfigMetrics {
  /** Metrics beside the known ones. */
  declared: Record<string, MetricDeclaration>;
  /** What Prometheus is asked for, instead of the built-in query where there is one. */
  queries: Record<string, MetricQuery>;
}

/**
 * `metrics:` — what is measured beside the standard names: its type, unit and which way is better; and by which query
 * Prometheus tells it, which known metrics may have as well.
 */
export function readMetrics(reader: Reader, spot: Spot): ConfigMetrics {
  const metrics: ConfigMetrics = {declared: {}, queries: {}};
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {
      message: 'metrics are a mapping of names',
      allowed: 'NAME: {type: gauge, unit: count, better: lower}',
    });
    return metrics;
  }
  const book = metricBook();
  for (const name of Object.keys(spot.value)) {
    const at = child(spot, name);
    const known = book.find(name);
    const isAsked = isMapping(at.value) && Object.keys(at.value).some(key => meansQuery(key));
    if (!METRIC_NAME.test(name) || (known !== null && !isAsked)) {
      mistakeName(reader, at, name, book);
      continue;
    }
    const fields = reader.fields(at, METRIC_SHAPE, OTHER_NAMES);
    if (fields === null) continue;
    if (isAsked) readQuery(reader, at, fields, known ?? name, metrics);
    else metrics.declared[name] = declarationOf(reader, at, fields);
  }
  return metrics;
}

function meansQuery(key: string): boolean {
  return key === 'query' || own<string>(OTHER_NAMES, key) === 'query';
}

function mistakeName(reader: Reader, at: Spot, name: string, book: MetricBook): void {
  const isKnown = book.find(name) !== null;
  const message = isKnown ? `${name} is known already` : `${quote(name)} is not the name of a metric`;
  const allowed = isKnown
    ? 'a metric not known without it, or query: for Prometheus'
    : 'letters, digits, _ . and -, and no metric known without it';
  reader.mistake(at, {message, allowed, found: quote(name)}, 'key');
}

function declarationOf(reader: Reader, at: Spot, fields: MetricFields): MetricDeclaration {
  reader.require(at, {type: 'type: counter, gauge or distribution'});
  if (isWritten(at, 'per'))
    reader.mistake(
      child(at, 'per'),
      {
        message: 'per belongs to a query, and there is none',
        allowed: 'query: for Prometheus, or no such line',
      },
      'key',
    );
  const {type = 'counter', unit, better} = fields;
  const plain: Unit = type === 'counter' ? 'per-second' : type === 'distribution' ? 'ms' : 'count';
  return {type, unit: own(UNITS, unit ?? '') ?? plain, better: betterOf(better)};
}

function readQuery(
  reader: Reader,
  at: Spot,
  fields: MetricFields,
  what: MetricKind | string,
  metrics: ConfigMetrics,
): void {
  const {query: template, per, type, unit, better} = fields;
  if (type !== undefined && type !== 'gauge')
    reader.mistake(child(at, 'type'), {message: 'what a query gives is a gauge', allowed: 'gauge'});
  if (typeof what === 'string') {
    const declared = {
      type: 'gauge',
      unit: own(UNITS, unit ?? '') ?? 'count',
      better: betterOf(better),
    } as const;
    metrics.declared[what] = declared;
    if (template !== undefined)
      metrics.queries[what] = {...declared, template, per: readPer(reader, at, template, per)};
    return;
  }
  const said = Object.keys(UNITS).find(key => UNITS[key] === what.unit) ?? '';
  if (unit !== undefined && unit !== said)
    reader.mistake(child(at, 'unit'), {message: `${what.name} is measured in ${said}`, allowed: said});
  const way = what.better ?? 'neither';
  if (better !== undefined && better !== way)
    reader.mistake(child(at, 'better'), {message: `of ${what.name} ${way} is better`, allowed: way});
  if (template === undefined) return;
  const {name, ...kind} = what;
  metrics.queries[name] = {
    template,
    unit: kind.unit,
    better: kind.better,
    per: readPer(reader, at, template, per),
  };
}

function betterOf(better: MetricFields['better']): MetricKind['better'] {
  return better === undefined || better === 'neither' ? null : better;
}
