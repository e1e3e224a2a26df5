import {DEFAULT_MIN_REQUESTS, DEFAULT_OVER_MS} from '../condition/condition.ts';
import type {Condition, Unit} from '../../release/plan.ts';
import {numberText, percentText, timeText, wordsOf} from '../words/catalogue.ts';
import type {Lang} from '../words/lang.ts';

/**
 * How a condition is read, in words: `the error rate of gray is below 0.5 % over the last 5 minutes (…)`.
 * @param isBrief leaves out a window and a floor of requests that are the default
 */
export function describeCondition(condition: Condition, lang: Lang, isBrief = false): string {
  const words = wordsOf(lang);
  const {op, threshold} = condition;
  const metric = metricText(condition.metric, lang);
  const compared =
    'timesProd' in threshold
      ? words.timesProd(metric, op, numberText(threshold.timesProd))
      : condition.improvement
        ? words.improvement(metric, op, words.points(numberText(threshold.value)))
        : words.limit(metric, op, valueText(threshold.value, threshold.unit, lang));
  const {overMs, minRequests} = condition;
  const over = isBrief && overMs === DEFAULT_OVER_MS ? null : words.over(timeText(overMs, lang));
  const isUsual = minRequests === 0 || (isBrief && minRequests === DEFAULT_MIN_REQUESTS);
  const few = isUsual ? null : words.fromRequests(numberText(minRequests));
  if (lang === 'en')
    return [compared, over, few === null ? null : `(${few})`].filter(part => part !== null).join(' ');
  const aside = [over, few].filter(part => part !== null).join('，');
  return aside === '' ? compared : `${compared}（${aside}）`;
}

function metricText(metric: string, lang: Lang): string {
  const words = wordsOf(lang);
  const [kind, name] = metric.split(/\.(?<name>.*)/u);
  if (kind === 'feature_use_rate' && name !== undefined) return words.featureUse(name);
  return Object.hasOwn(words.metrics, metric) ? (words.metrics[metric] ?? metric) : metric;
}

function valueText(value: number, unit: Unit, lang: Lang): string {
  const words = wordsOf(lang);
  switch (unit) {
    case 'percent':
      return percentText(value);
    case 'ms':
      return value >= 1000 && value % 100 === 0 ? `${numberText(value / 1000)} s` : `${numberText(value)} ms`;
    case 'per-second':
      return words.perSecond(numberText(value));
    case 'points':
      return words.points(numberText(value));
    case 'count':
      return numberText(value);
  }
}
