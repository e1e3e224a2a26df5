import {z} from 'zod';
import type {Unit} from '../../release/plan.ts';
import {matching} from '../yaml/leaf.ts';
import {metricBook, type MetricDeclaration, type MetricKind} from '../condition/metric-book.ts';
import {query, readPer, type MetricQuery} from './metric-query.ts';
import {child, isMapping, isWritten, type YamlReader, type Spot} from '../yaml/reader.ts';
import {made, mapping, may, named, type Draft} from '../yaml/tree.ts';
import {own} from '../../release/name.ts';
import {quote} from '../../text/quote.ts';

const METRIC_NAME = /^[A-Za-z][\w.-]{0,63}$/u;
const UNITS: Readonly<Record<string, Unit>> = {'%': 'percent', ms: 'ms', '/s': 'per-second', count: 'count'};
const ALSO_CALLED = {
  kind: 'type',
  direction: 'better',
  good: 'better',
  promql: 'query',
  expr: 'query',
  prometheus: 'query',
};
const metricKeys = mapping(
  {
    type: may(
      z.enum(['counter', 'gauge', 'distribution']),
      'How values of samples come together. Required without `query`.',
      'gauge',
      'gauge with `query`',
    ),
    unit: may(
      z.enum(['%', 'ms', '/s', 'count']),
      'Unit of the values.',
      'count',
      '/s of a counter, ms of a distribution, else count',
    ),
    better: may(z.enum(['lower', 'higher', 'neither']), 'The good direction.', 'lower', 'neither'),
    query: may(
      query,
      'Query of PromQL; `{{match}}`, `{{side}}`, `{{version}}` and `{{window}}` are put in.',
      'sum(queue_length{{{match}}})',
      'the metric is read from samples',
    ),
    per: may(
      z.enum(['side', 'service']),
      'Whether each side has a number of its own, or both share one.',
      'service',
      'side where the query names a side',
    ),
  },
  {example: '{type: gauge, unit: count, better: lower}', alsoCalled: ALSO_CALLED},
);
type MetricFields = Draft<typeof metricKeys>;

/** What `metrics:` says. */
export interface ConfigMetrics {
  /** Metrics in addition to the known ones. */
  declared: Record<string, MetricDeclaration>;
  /** What Prometheus is asked for, instead of the built-in query where there is one. */
  queries: Record<string, MetricQuery>;
}

const metricName = matching(
  text => METRIC_NAME.test(text),
  'the name of a metric',
  'letters, digits, _ . and -, and no metric known without it',
);

/**
 * `metrics:` — metrics in addition to the known ones: type, unit and good direction. A query asks Prometheus for the
 * metric; known metrics may have one as well.
 */
export const metrics = made(
  named(
    metricName,
    made(metricKeys, (fields, at) => ({fields, at})),
    {
      form: 'NAME: {type: gauge, unit: count, better: lower}',
    },
  ),
  (all, _, reader): ConfigMetrics => {
    const found: ConfigMetrics = {declared: {}, queries: {}};
    const book = metricBook();
    for (const [name, {fields, at}] of Object.entries(all)) {
      const known = book.find(name);
      const isAsked = isMapping(at.value) && Object.keys(at.value).some(key => meansQuery(key));
      if (isAsked) readQuery(reader, at, fields, known ?? name, found);
      else if (known === null) found.declared[name] = declarationOf(reader, at, fields);
      else
        reader.mistake(
          at,
          {
            message: `${name} is known already`,
            allowed: 'a metric not known without it, or query: for Prometheus',
            found: quote(name),
          },
          'key',
        );
    }
    // Conditions may name them from here on.
    reader.book = metricBook(found.declared);
    return found;
  },
);

function meansQuery(key: string): boolean {
  return key === 'query' || own<string>(ALSO_CALLED, key) === 'query';
}

function declarationOf(reader: YamlReader, at: Spot, fields: MetricFields): MetricDeclaration {
  if (!isWritten(at, 'type'))
    reader.mistake(at, {
      message: 'type is missing',
      allowed: 'a line like type: gauge',
      found: 'nothing',
    });
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
  reader: YamlReader,
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
