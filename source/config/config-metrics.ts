import type {Unit} from '../release/plan.ts';
import {oneOf} from './leaf.ts';
import {metricBook, type MetricDeclaration} from './metric-book.ts';
import {quote} from './mistake.ts';
import {child, isMapping, type Reader, type Spot} from './reader.ts';

const METRIC_NAME = /^[A-Za-z][\w.-]{0,63}$/u;
const UNITS: Readonly<Record<string, Unit>> = {'%': 'percent', ms: 'ms', '/s': 'per-second', count: 'count'};
const METRIC_SHAPE = {
  type: oneOf(['counter', 'gauge', 'distribution']),
  unit: oneOf(['%', 'ms', '/s', 'count']),
  better: oneOf(['lower', 'higher', 'neither']),
};

/** `metrics:` — what arrives beside the standard names: its type, unit and which way is better. */
export function readMetrics(reader: Reader, spot: Spot): Record<string, MetricDeclaration> {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {
      message: 'metrics are a mapping of names',
      allowed: 'NAME: {type: gauge, unit: count, better: lower}',
    });
    return {};
  }
  const known = metricBook();
  const metrics = Object.keys(spot.value).flatMap((name): [string, MetricDeclaration][] => {
    const at = child(spot, name);
    if (!METRIC_NAME.test(name) || known.find(name) !== null) {
      const message =
        known.find(name) === null ? `${quote(name)} is not the name of a metric` : `${name} is known already`;
      reader.mistake(
        at,
        {message, allowed: 'letters, digits, _ . and -, and no metric known without it', found: quote(name)},
        'key',
      );
      return [];
    }
    const fields = reader.fields(at, METRIC_SHAPE, {kind: 'type', direction: 'better', good: 'better'});
    if (fields === null) return [];
    reader.require(at, {type: 'type: counter, gauge or distribution'});
    const {type = 'counter', unit, better} = fields;
    const plain: Unit = type === 'counter' ? 'per-second' : type === 'distribution' ? 'ms' : 'count';
    const declared = better === undefined || better === 'neither' ? null : better;
    return [[name, {type, unit: UNITS[unit ?? ''] ?? plain, better: declared}]];
  });
  return Object.fromEntries(metrics);
}
