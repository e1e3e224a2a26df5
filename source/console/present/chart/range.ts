import type {History} from '../../history.ts';
import type {MetricRow} from '../sides/metric-rows.ts';

/** What a chart's rows stand for: the lowest one for `min`, the highest for `max`. */
export interface Range {
  min: number;
  max: number;
}

/** Limits up to so many times the highest value are drawn in; those beyond are only named. */
const NEAR = 2.5;

/** A step may be so many times as long as it need be, if limits then lie on rows. */
const LONGER_AT_MOST = 2;
const FINE = [1, 1.5, 2, 2.5, 3, 4, 5, 10];
const COARSE = [1, 2, 5, 10];

/** The next number that reads well on an axis. */
function roundUp(value: number, factors = FINE): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = factors.find(factor => factor * power >= value * 0.999) ?? 10;
  return factor * power;
}

/** From so many rows on, ticks stand where their values are round; below each row stands for a round value. */
const TALL = 12;
/** Rows from one tick to the next on a tall chart, about. */
const ROWS_A_TICK = 3;

/** The shortest round step with which every limit lies on a row, where there is one; else the shortest round one. */
function stepWith(limits: readonly number[], span: number, steps: number): number {
  const shortest = roundUp(span / steps);
  const isOnRow = (step: number) => (limit: number) =>
    Math.abs(limit / step - Math.round(limit / step)) < 1e-6;
  for (let step = shortest; step <= shortest * LONGER_AT_MOST; step = roundUp(step * 1.01)) {
    if (limits.every(isOnRow(step))) return step;
  }
  return shortest;
}

/** From 0, unless everything lies near 100 %. */
export function rangeOf(row: MetricRow, history: History, rows: number): Range {
  const values = [...history.prod, ...history.gray].filter(value => value !== null);
  const highest = Math.max(0, ...values);
  const lowest = values.length === 0 ? 0 : Math.min(...values);
  const limits = row.limits.map(({value}) => value);
  const steps = rows - 1;
  const whole = (span: number, on: readonly number[]): number =>
    rows < TALL ? stepWith(on, span, steps) * steps : span > 0 ? span : roundUp(0);
  if (row.metric.kind === 'percent' && lowest > 90) {
    const floor = Math.min(lowest, ...limits.filter(value => value > 90));
    return {
      min:
        100 -
        whole(
          100 - floor,
          limits.filter(value => value >= floor).map(value => 100 - value),
        ),
      max: 100,
    };
  }
  const near = row.limits.filter(({value}) => value <= highest * NEAR);
  const severe = near.filter(({then}) => then !== 'wait').map(({value}) => value);
  return {min: 0, max: whole(Math.max(highest, ...near.map(({value}) => value)) * 1.02, severe)};
}

/** Values named beside the rows, by row. */
export function ticksOf({min, max}: Range, rows: number): Map<number, number> {
  const steps = rows - 1;
  if (rows < TALL)
    return new Map(Array.from({length: rows}, (_, y) => [y, max - ((max - min) * y) / steps] as const));
  const step = roundUp(((max - min) / steps) * ROWS_A_TICK, COARSE);
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  return new Map(
    Array.from({length: count}, (_, index) => {
      const value = (first + index) * step;
      return [Math.round(((max - value) / (max - min)) * steps), value] as const;
    }),
  );
}
