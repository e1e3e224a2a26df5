import {LogHistogram} from '../sketches/log-histogram.ts';
import {REQUESTS, findMetric, type MetricTable} from '../metric-table.ts';
import {metricRow, type Part, type ValueParts} from '../metrics.ts';
import type {Side, Span} from '../numbers.ts';
import * as reading from './reading.ts';
import type {SecondRing, Seconds} from './second-ring.ts';
import {StepMemo, remembered} from './step-memo.ts';
import {counterOfShare} from '../metric-value.ts';

/** More steps than this are not drawn by anybody. */
const MOST_STEPS = 4096;

/** Value of one step: its seconds, its number, and where the whole span ends, milliseconds since 1970. */
type ReadStep = (seconds: Seconds, step: number, to: number) => number | null;

/** Metrics over time. Remembers what is costly to compute of steps in which nothing changes any more. */
export class SeriesReader {
  readonly #ring: SecondRing;
  readonly #table: MetricTable;
  readonly #slotMs: number;
  readonly #summaries = new StepMemo<ValueParts>();
  readonly #users = new StepMemo<number | null>();
  readonly #merged = new LogHistogram();

  /** @param slotMs how long a place of the ring is, milliseconds */
  constructor(ring: SecondRing, table: MetricTable, slotMs = 1000) {
    this.#ring = ring;
    this.#table = table;
    this.#slotMs = slotMs;
  }

  /** See `Windows.series`. */
  read(side: Side, metric: string, span: Span, stepMs: number): (number | null)[] {
    if (!(stepMs > 0) || !(span.to > span.from)) return [];
    const count = Math.min(MOST_STEPS, Math.ceil((span.to - span.from) / stepMs));
    const end = Math.ceil(span.to / stepMs);
    const readStep = this.#standard(side, metric, stepMs) ?? this.#other(side, metric, stepMs);
    const values: (number | null)[] = [];
    for (let step = end - count; step < end; step++) {
      const first = Math.ceil((step * stepMs) / this.#slotMs);
      values.push(readStep({first, end: Math.ceil(((step + 1) * stepMs) / this.#slotMs)}, step, span.to));
    }
    return values;
  }

  #standard(side: Side, name: string, stepMs: number): ReadStep | null {
    const row = metricRow(name);
    switch (row?.read.by) {
      case 'rate':
        return this.#rate(side, REQUESTS);
      case 'distinct':
        return this.#distinct(side, stepMs);
      case 'share': {
        const counter = this.#table.get(row.read.counter);
        if (counter === undefined) return () => null;
        const share = this.#share(side, counter.index);
        if (row.read.isRest !== true) return share;
        return (seconds, step, to) => {
          const percent = share(seconds, step, to);
          return percent === null ? null : Math.max(0, 100 - percent);
        };
      }
      default:
        return null;
    }
  }

  #other(side: Side, name: string, stepMs: number): ReadStep {
    const counter = counterOfShare(name);
    const part = counter === null ? undefined : this.#table.get(counter);
    if (part !== undefined) return this.#share(side, part.index);
    const {metric, part: read} = findMetric(this.#table, name);
    switch (metric?.kind) {
      case 'counter':
        return this.#rate(side, metric.index);
      case 'gauge':
        return seconds => this.#gauge(side, metric.index, seconds);
      case 'distribution':
        return this.#summary(side, metric.index, read, stepMs);
      default:
        return () => null;
    }
  }

  /** Per second of the part of the step that lies after the first entry of all and before `to`. */
  #rate(side: Side, metric: number): ReadStep {
    const {slots, earliest} = this.#ring;
    const lanes = this.#ring.lanes(side, 'everything');
    return (step, _, to) => {
      const seconds = this.#ring.clip(step);
      if (reading.entriesOf(lanes, seconds, slots) === 0) return null;
      const covered =
        ((Math.min(step.end, to / this.#slotMs) - Math.max(step.first, earliest)) * this.#slotMs) / 1000;
      return covered < 1 ? null : reading.sumOf(lanes, metric, seconds, slots) / covered;
    };
  }

  /** Percent of the requests; null if no sample reports the part. */
  #share(side: Side, part: number): ReadStep {
    const {slots} = this.#ring;
    const lanes = this.#ring.lanes(side, 'everything');
    if (!lanes.some(lane => lane.counters[part] !== undefined)) return () => null;
    return step => {
      const seconds = this.#ring.clip(step);
      return reading.percentOf(
        reading.sumOf(lanes, part, seconds, slots),
        reading.sumOf(lanes, REQUESTS, seconds, slots),
      );
    };
  }

  #gauge(side: Side, metric: number, step: Seconds): number | null {
    const lanes = this.#ring.lanes(side, 'everything');
    return reading.gaugeOf(lanes, metric, this.#ring.clip(step), this.#ring.slots)?.value ?? null;
  }

  #summary(side: Side, metric: number, part: Part, stepMs: number): ReadStep {
    const lanes = this.#ring.lanes(side, 'everything');
    const steps = this.#summaries.of(`${side} ${metric} ${stepMs}`);
    return (range, step) => {
      const seconds = this.#ring.clip(range);
      const summary = remembered(steps, step, this.#ring.changeOf(seconds), () => {
        this.#merged.clear();
        reading.mergeDistribution(this.#merged, lanes, metric, seconds, this.#ring);
        return reading.partsOfValues(this.#merged);
      });
      return summary[part];
    };
  }

  #distinct(side: Side, stepMs: number): ReadStep {
    const lanes = this.#ring.lanes(side, 'everything');
    const steps = this.#users.of(`${side} ${stepMs}`);
    return (range, step) => {
      const seconds = this.#ring.clip(range);
      return remembered(steps, step, this.#ring.changeOf(seconds), () =>
        reading.usersOf(lanes, seconds, this.#ring),
      );
    };
  }
}
