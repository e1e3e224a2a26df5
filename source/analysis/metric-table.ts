import {valuesBehind, type Part} from './metrics.ts';
import {plainText} from '../text/plain-text.ts';

/** How values of a metric come together. */
export type MetricKind = 'counter' | 'distribution' | 'gauge' | 'users';

/** A metric that samples speak of; one object for each name, so that nothing is looked up twice. */
export interface Metric {
  /** Fit to be shown. */
  readonly name: string;
  readonly kind: MetricKind;
  /** Where its columns are. */
  readonly index: number;
  /** Counts whole things: a fraction is a mistake. */
  readonly whole: boolean;
  /** Newest second a value was counted in, so that an unused place can be given up. */
  lastSecond: number;
}

/** Places of the metrics every feature has, in `MetricTable` and in the columns of windows. */
export const REQUESTS = 0;
export const ERRORS = 1;
export const CONVERSIONS = 2;
export const UNAVAILABLE = 3;
export const RESPONSE_TIME = 4;
const USERS = 5;

const STANDARD: readonly [name: string, kind: MetricKind][] = [
  ['requests', 'counter'],
  ['errors', 'counter'],
  ['conversions', 'counter'],
  ['unavailable', 'counter'],
  ['response_time', 'distribution'],
  ['users', 'users'],
];

/** Metrics beyond the standard and declared ones; further names are not counted. */
const MOST_OTHERS = 64;
/** Names that a plan may reserve in addition. */
const MOST_RESERVED = 64;
export const LONGEST_NAME = 64;
/** Names an entry uses for itself. */
const TAKEN = new Set(
  'side metric value instance seq release split cohort age people person routed'.split(' '),
);

/** What the configuration says of metrics whose names say nothing. */
export interface DeclaredMetrics {
  distributions?: readonly string[];
  gauges?: readonly string[];
  /** Counters with a place of their own, however many others there are. */
  counters?: readonly string[];
}

/** The metrics of a feature by name: standard, declared, and as many others as there is room for. */
export class MetricTable {
  readonly #byName = new Map<string, Metric>();
  readonly #metrics: Metric[] = [];
  readonly #fixed: number;
  readonly #keepSeconds: number;
  /** Names that have a place whatever else is counted. */
  #reserved: ReadonlySet<string> = new Set();

  /** @param keepSeconds a metric not seen for so long gives its place to a new one when all are taken. */
  constructor(declared: DeclaredMetrics = {}, keepSeconds = 3600) {
    for (const [name, kind] of STANDARD) this.#put(name, kind, this.#metrics.length);
    for (const name of declared.distributions ?? []) this.#declare(name, 'distribution');
    for (const name of declared.gauges ?? []) this.#declare(name, 'gauge');
    for (const name of declared.counters ?? []) this.#declare(name, 'counter');
    this.#fixed = this.#metrics.length;
    this.#keepSeconds = keepSeconds;
  }

  /** Every metric known, by index. */
  get all(): readonly Metric[] {
    return this.#metrics;
  }

  /** The metric of this name if it is known. */
  get(name: string): Metric | undefined {
    return this.#byName.get(name);
  }

  /** Neither standard nor one that measures itself over time in another way. */
  isOther(metric: Metric): boolean {
    return metric.index > USERS && (metric.kind === 'counter' || metric.kind === 'gauge');
  }

  /** Whether a counter may have this name. */
  isName(raw: string): boolean {
    const name = raw.length > LONGEST_NAME ? '' : plainText(raw).trim();
    return name !== '' && !TAKEN.has(raw) && !TAKEN.has(name);
  }

  /**
   * Makes a place for a counter not seen before. The name is cleaned; two names that look the same are one.
   * @returns the metric, `full` when all places are taken, or what is wrong with the name.
   */
  admit(raw: string, second: number): Metric | 'full' | 'bad-name' {
    if (!this.isName(raw)) return 'bad-name';
    const name = plainText(raw).trim();
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const others = this.#metrics.filter(({index}) => index >= this.#fixed);
    const counted = others.filter(metric => !this.#reserved.has(metric.name)).length;
    if (counted < MOST_OTHERS && others.length < MOST_OTHERS + MOST_RESERVED)
      return this.#put(name, 'counter', this.#metrics.length, second);
    return this.#takeUnused(name, second) ?? 'full';
  }

  /**
   * Keeps a place for each of these counters from now on: what a plan guards is counted whatever else applications send.
   * Names reserved before are as any other.
   */
  reserve(names: readonly string[], second: number): void {
    const wanted = names.filter(name => this.isName(name)).slice(0, MOST_RESERVED);
    this.#reserved = new Set(wanted);
    for (const name of wanted) {
      if (this.#byName.has(name)) continue;
      const isFull = this.#metrics.length >= this.#fixed + MOST_OTHERS + MOST_RESERVED;
      if (!isFull) this.#put(name, 'counter', this.#metrics.length);
      else this.#takeUnused(name, second);
    }
  }

  /** The place of a counter that was not seen for long; null: there is none. */
  #takeUnused(name: string, second: number): Metric | null {
    const unused = this.#metrics.find(
      metric =>
        metric.index >= this.#fixed &&
        metric.lastSecond < second - this.#keepSeconds &&
        !this.#reserved.has(metric.name),
    );
    if (unused === undefined) return null;
    this.#byName.delete(unused.name);
    return this.#put(name, 'counter', unused.index, second);
  }

  #declare(name: string, kind: MetricKind): void {
    if (!this.#byName.has(name) && !TAKEN.has(name)) this.#put(name, kind, this.#metrics.length);
  }

  #put(name: string, kind: MetricKind, index: number, lastSecond = Number.NEGATIVE_INFINITY): Metric {
    const metric = {name, kind, index, whole: index < RESPONSE_TIME, lastSecond};
    this.#byName.set(name, metric);
    this.#metrics[index] = metric;
    return metric;
  }
}

/** A metric as conditions and charts name it: by its name, or as a part of a distribution like `_p95` and `_avg`. */
export function findMetric(table: MetricTable, name: string): {metric: Metric | undefined; part: Part} {
  const whole = table.get(name);
  if (whole !== undefined) return {metric: whole, part: 'mean'};
  for (const {distribution, part} of valuesBehind(name)) {
    const metric = table.get(distribution);
    if (metric?.kind === 'distribution') return {metric, part};
  }
  return {metric: undefined, part: 'mean'};
}
