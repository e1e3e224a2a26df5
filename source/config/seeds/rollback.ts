import {z} from 'zod';
import type {Condition, Guardrail, Unit} from '../../release/plan.ts';
import {readCondition} from '../condition/condition.ts';
import {judged} from '../plan/criteria.ts';
import {duration} from '../yaml/leaf.ts';
import type {MetricKind} from '../condition/metric-book.ts';
import {bad, good} from '../yaml/mistake.ts';
import {child, isWritten, type Placed, type YamlReader, type Spot} from '../yaml/reader.ts';
import {made, mapping, must, readBy} from '../yaml/tree.ts';
import {quote} from '../../text/quote.ts';

const keys = mapping(
  {
    metric: must(
      readBy(
        value =>
          typeof value === 'string'
            ? good(value)
            : bad({message: 'this is not the name of a metric', allowed: 'the name of a metric'}),
        {type: 'string'},
      ),
      'The metric. Its bad side is the limit.',
      '"error_rate"',
    ),
    threshold: must(
      z.unknown().meta({type: ['number', 'string']}),
      'Limit: a fraction of 1 for ratios, milliseconds for times.',
      '0.1',
    ),
    duration: must(duration, 'How long the limit must be passed without a break.', '"5m"'),
  },
  {alsoCalled: {for: 'duration', value: 'threshold', when: 'metric'}},
);

/**
 * `rollback_conditions:` — `{metric, threshold, duration}` without unit or direction: ratios are fractions of 1, times are
 * milliseconds, and the bad side is the metric's own.
 */
export const rollbackConditions = z
  .array(
    made(keys, ({metric, duration: forMs}, at, reader): Placed<Guardrail> | undefined => {
      const when = metric === undefined ? undefined : conditionOf(reader, at, metric);
      return when === undefined || forMs === undefined
        ? undefined
        : {value: {when, forMs, then: 'rollback', level: 'critical'}, spot: at};
    }),
  )
  .meta({form: 'a list of {metric, threshold, duration}'});

/** The condition of a limit; undefined where metric or threshold are missing or have a mistake, which is told. */
function conditionOf(reader: YamlReader, item: Spot, metric: string): Condition | undefined {
  const kind = reader.book.find(metric);
  if (kind === null) {
    const meant = reader.book.nearest(metric);
    reader.mistake(child(item, 'metric'), {
      message: `no metric is called ${quote(metric)}${meant === null ? '' : `; did you mean ${meant}?`}`,
      allowed: reader.book.names.join(', '),
    });
    return undefined;
  }
  if (!isWritten(item, 'threshold')) return undefined;
  const text = conditionText(reader, item, kind);
  if (text === undefined) return undefined;
  const at = child(item, 'threshold');
  const reading = readCondition(text, reader.book);
  if (reading.ok) return judged(reader, at, reading.value, 'rollback');
  for (const problem of reading.problems) reader.mistake(at, {...problem, at: 0});
  return undefined;
}

const UNIT_TEXT: Record<Unit, string> = {
  percent: ' %',
  ms: ' ms',
  'per-second': ' /s',
  points: ' points',
  count: '',
};

/** The condition in Graydeck's own words. */
function conditionText(reader: YamlReader, item: Spot, kind: MetricKind): string | undefined {
  const at = child(item, 'threshold');
  const isDigits = typeof at.value === 'string' && /^\d+(?:\.\d+)?$/u.test(at.value);
  const value = isDigits ? Number(at.value) : at.value;
  if (kind.better === null) {
    reader.mistake(child(item, 'metric'), {
      message: `${kind.name} has no bad side of its own: is too much bad, or too little?`,
      allowed: `guardrails: [{when: "${kind.name} < 100 /s", for: 5m, then: rollback}]`,
    });
    return undefined;
  }
  const op = kind.better === 'lower' ? '>' : '<';
  // A text brings its unit along: "10%".
  if (typeof value === 'string') return `${kind.name} ${op} ${value}`;
  if (typeof value !== 'number') {
    reader.mistake(at, {
      message: 'a threshold is a number',
      allowed: 'a fraction of 1 for ratios (0.1), milliseconds for times',
    });
    return undefined;
  }
  if (kind.unit === 'percent' && (value < 0 || value > 1)) {
    reader.mistake(at, {
      message: `ratios are fractions here: ${value} would be ${value * 100} %`,
      allowed: `0 to 1, as 0.1 for 10 %; or with its unit: "${value} %"`,
    });
    return undefined;
  }
  const limit = kind.unit === 'percent' ? Number((value * 100).toPrecision(12)) : value;
  return `${kind.name} ${op} ${limit}${UNIT_TEXT[kind.unit]}`;
}
