import type {History} from '../history.ts';
import type {MetricRow} from './metric-rows.ts';

/** What a chart's rows stand for: the lowest one for `min`, the highest for `max`. */
export interface Range {
  min: number;
  max: number;
}

/** Limits up to so many times the highest value are drawn in; those beyond are only named. */
const NEAR = 2.5;

/** The next number that reads well on an axis. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.5, 2, 2.5, 3, 4, 5, 10].find(factor => factor * power >= value * 0.999) ?? 10;
  return factor * power;
}

/** From 0, unless everything lies near 100 %; `steps` of a round size between the rows. */
export function rangeOf(row: MetricRow, history: History, steps: number): Range {
  const values = [...history.prod, ...history.gray].filter(value => value !== null);
  const highest = Math.max(0, ...values);
  const lowest = values.length === 0 ? 0 : Math.min(...values);
  const limits = row.limits.map(({value}) => value);
  const step = (span: number): number => roundUp(span / steps);
  if (row.metric.kind === 'percent' && lowest > 90) {
    const floor = Math.min(lowest, ...limits.filter(value => value > 90));
    return {min: 100 - step(100 - floor) * steps, max: 100};
  }
  const near = limits.filter(value => value <= highest * NEAR);
  return {min: 0, max: step(Math.max(highest, ...near) * 1.02) * steps};
}
