import {DistinctSketch} from '../sketches/distinct-sketch.ts';
import type {LogHistogram} from '../sketches/log-histogram.ts';
import type {Metric} from '../metric-table.ts';
import {PeopleColumn} from '../people/column.ts';
import type {Sample} from '../sample.ts';
import {HistogramColumn} from './histogram-column.ts';
import {SketchColumn} from './sketch-column.ts';

/** Newest value of each second and when it was taken; NaN where none was. */
export interface GaugeColumn {
  values: Float64Array;
  times: Float64Array;
}

/**
 * The seconds of one side and cohort, by column: a metric is one array over the ring. A column is made when its
 * metric is first seen here, so its presence says that a sample reports it.
 */
export class Lane {
  readonly #slots: number;
  /** Entries counted in each second. */
  readonly entries: Float64Array;
  /** By index of the metric. */
  readonly counters: (Float64Array | undefined)[] = [];
  readonly gauges: (GaugeColumn | undefined)[] = [];
  readonly distributions: (HistogramColumn | undefined)[] = [];
  users: SketchColumn<DistinctSketch> | undefined;
  /** What is new about people; undefined: nothing was ever told of them here. */
  people: PeopleColumn | undefined;

  constructor(slots: number) {
    this.#slots = slots;
    this.entries = new Float64Array(slots);
  }

  /** Counts all that `sample` says in the second at `slot`; `time` is when it happened, milliseconds since 1970. */
  add(sample: Sample, slot: number, time: number): void {
    this.entries[slot] = (this.entries[slot] ?? 0) + 1;
    for (let index = 0; index < sample.length; index++) {
      const metric = sample.metrics[index];
      if (metric === undefined) continue;
      const value = sample.values[index] ?? 0;
      if (metric.kind === 'counter') this.count(metric, slot, value);
      else if (metric.kind === 'gauge') this.gauge(metric, slot, value, time);
      else this.#sketch(metric, slot, value, sample, index);
    }
  }

  count(metric: Pick<Metric, 'index'>, slot: number, value: number): void {
    let column = this.counters[metric.index];
    if (column === undefined) {
      column = new Float64Array(this.#slots);
      this.counters[metric.index] = column;
    }
    column[slot] = (column[slot] ?? 0) + value;
  }

  /** The newest value stays; of two at the same time the greater, so that the order of arrival does not matter. */
  gauge(metric: Pick<Metric, 'index'>, slot: number, value: number, time: number): void {
    let column = this.gauges[metric.index];
    if (column === undefined) {
      const values = new Float64Array(this.#slots).fill(Number.NaN);
      column = {values, times: new Float64Array(this.#slots)};
      this.gauges[metric.index] = column;
    }
    const was = column.values[slot] ?? Number.NaN;
    const wasAt = column.times[slot] ?? 0;
    if (time < wasAt || (time === wasAt && value <= was)) return;
    column.values[slot] = value;
    column.times[slot] = time;
  }

  distribution(metric: Pick<Metric, 'index'>, slot: number): LogHistogram {
    return (this.distributions[metric.index] ??= new HistogramColumn(this.#slots)).at(slot);
  }

  distinct(slot: number): DistinctSketch {
    this.users ??= new SketchColumn(this.#slots, () => new DistinctSketch());
    return this.users.at(slot);
  }

  /** The column of people, made when there is none yet. */
  newPeople(): PeopleColumn {
    return (this.people ??= new PeopleColumn(this.#slots));
  }

  /** Takes over what another lane has counted in a second; there it is gone. */
  take(other: Lane, slot: number): void {
    this.entries[slot] = (this.entries[slot] ?? 0) + (other.entries[slot] ?? 0);
    for (const [index, column] of other.counters.entries())
      if (column !== undefined) this.count({index}, slot, column[slot] ?? 0);
    for (const [index, column] of other.gauges.entries()) {
      const value = column?.values[slot] ?? Number.NaN;
      if (!Number.isNaN(value)) this.gauge({index}, slot, value, column?.times[slot] ?? 0);
    }
    for (const [index, column] of other.distributions.entries()) {
      const bytes = column?.bytesAt(slot) ?? null;
      if (bytes !== null) this.distribution({index}, slot).mergeBytes(bytes, 0, bytes.length);
    }
    const users = other.users?.bytesAt(slot) ?? null;
    if (users !== null) this.distinct(slot).mergeBytes(users, 0, users.length);
    if (other.people !== undefined) this.newPeople().take(other.people, slot);
    other.clear(slot);
  }

  /** Forgets a second: its place is needed for a new one. */
  clear(slot: number): void {
    this.entries[slot] = 0;
    for (const column of this.counters) if (column !== undefined) column[slot] = 0;
    for (const column of this.gauges)
      if (column !== undefined) {
        column.values[slot] = Number.NaN;
        column.times[slot] = 0;
      }
    for (const column of this.distributions) column?.clear(slot);
    this.users?.clear(slot);
    this.people?.clear(slot);
  }

  /** Closes a second: it stays, and takes less room. */
  pack(slot: number): void {
    for (const column of this.distributions) column?.pack(slot);
    this.users?.pack(slot);
    this.people?.pack(slot);
  }

  #sketch(metric: Metric, slot: number, value: number, sample: Sample, index: number): void {
    const from = sample.from[index] ?? 0;
    const to = sample.to[index] ?? 0;
    if (metric.kind === 'users') this.distinct(slot).mergeBytes(sample.bytes, from, to);
    else if (to > from) this.distribution(metric, slot).mergeBytes(sample.bytes, from, to);
    else this.distribution(metric, slot).add(value);
  }
}
