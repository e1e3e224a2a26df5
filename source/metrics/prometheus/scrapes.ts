import type {Side} from '../../analysis/numbers.ts';
import type {NativeHistogram, RawSeries} from './answer.ts';

/** What a counter counts. */
export type CounterKind = 'requests' | 'errors' | 'conversions' | 'times';

/** Series that were found for one purpose on one side. Those of `requests` were asked for first. */
export interface FoundSeries {
  side: Side;
  counts: CounterKind;
  series: readonly RawSeries[];
}

/** How much fell between two bounds, in the unit of the histogram. */
export interface Bucket {
  from: number;
  to: number;
  count: number;
}

/** What one target counted between two of its scrapes; moments by Prometheus' clock, milliseconds since 1970. */
export interface Interval {
  side: Side;
  instance: string | null;
  from: number;
  to: number;
  requests: number;
  errors: number;
  conversions: number;
  /** In rising order. */
  times: Bucket[];
}

/** Longer without a scrape, the counts in between say nothing about a moment, milliseconds. */
const LONGEST_GAP_MS = 300_000;
/** A target or series that was not scraped for so long is forgotten, milliseconds. */
const FORGOTTEN_MS = 900_000;
const ORDER: readonly CounterKind[] = ['requests', 'errors', 'conversions', 'times'];

type Value = number | NativeHistogram;

/** A series of a target, its points by moment. */
interface Line {
  key: string;
  counts: CounterKind;
  /** Upper bound of a bucket of a classic histogram; null: no such bucket. */
  le: number | null;
  points: Map<number, Value>;
}

interface Known {
  at: number;
  value: Value;
}

/** A target: one process that is scraped. All its series share their moments. */
class Target {
  /** Its newest scrape that was counted; NaN: none was. */
  at = Number.NaN;
  readonly known = new Map<string, Known>();
}

/** What an interval is summed up in: buckets of classic histograms are counts up to a bound. */
interface Sums {
  counts: Record<Exclude<CounterKind, 'times'>, number>;
  upTo: Map<number, number>;
  between: Map<string, Bucket>;
}

/**
 * Turns counters as they were scraped into what was counted between two scrapes. A counter that fell has started again
 * from 0. A target's first scrape only says where its counters stand. Nothing is extrapolated.
 */
export class Scrapes {
  readonly #instance: string;
  readonly #targets = new Map<string, Target>();

  /** @param instance label that names an instance */
  constructor(instance: string) {
    this.#instance = instance;
  }

  /** The intervals that ended since the last call, in the order of time. Points that were taken before change nothing. */
  take(found: readonly FoundSeries[]): Interval[] {
    const groups = new Map<string, {side: Side; instance: string | null; lines: Line[]}>();
    for (const {side, counts, series} of found)
      for (const one of series) {
        const key = `${side} ${targetOf(one.labels, this.#instance)}`;
        const group = groups.get(key) ?? {side, instance: one.labels[this.#instance] ?? null, lines: []};
        groups.set(key, group);
        group.lines.push(lineOf(counts, one));
      }
    const intervals: Interval[] = [];
    for (const [key, {side, instance, lines}] of groups) {
      const target = this.#targets.get(key) ?? new Target();
      this.#targets.set(key, target);
      intervals.push(...advance(target, preferNative(lines)).map(rest => ({side, instance, ...rest})));
    }
    this.#forget();
    return intervals.sort((one, other) => one.to - other.to);
  }

  #forget(): void {
    const newest = Math.max(...[...this.#targets.values()].map(({at}) => (Number.isNaN(at) ? 0 : at)));
    for (const [key, {at, known}] of this.#targets) {
      if (!(at >= newest - FORGOTTEN_MS)) this.#targets.delete(key);
      for (const [name, one] of known) if (one.at < newest - FORGOTTEN_MS) known.delete(name);
    }
  }
}

/**
 * What makes a target: job, address and instance. A series without an address may come from anywhere, so it is a target of
 * its own, of which no new series is expected.
 */
function targetOf(labels: RawSeries['labels'], instance: string): string {
  const {job = '', instance: address, le: _, ...others} = labels;
  return address === undefined
    ? textOf({job, ...others})
    : JSON.stringify([job, address, labels[instance] ?? '']);
}

/** The same text whatever the order of the labels. */
function textOf(labels: RawSeries['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function lineOf(counts: CounterKind, {labels, points, histograms}: RawSeries): Line {
  const le = labels['le'] === undefined ? null : boundOf(labels['le']);
  const values: [number, Value][] =
    counts === 'times' && histograms.length > 0
      ? histograms.map(({at, histogram}) => [at, histogram])
      : points.map(({at, value}) => [at, value]);
  return {key: `${counts} ${textOf(labels)}`, counts, le, points: new Map(values)};
}

function boundOf(text: string): number {
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
}

/** A target may tell a histogram both ways; then the native one, which is finer, counts. */
function preferNative(lines: readonly Line[]): Line[] {
  const isNative = ({counts, points}: Line) =>
    counts === 'times' && [...points.values()].some(value => typeof value !== 'number');
  const hasNative = lines.some(isNative);
  // The quantiles of a summary have the name of a native histogram and are none.
  return lines.filter(line => line.counts !== 'times' || (hasNative ? isNative(line) : line.le !== null));
}

/** Goes on to the newest scrape of which every counter has been read. */
function advance(target: Target, lines: readonly Line[]): Omit<Interval, 'side' | 'instance'>[] {
  const first = ORDER.find(counts => lines.some(line => line.counts === counts));
  // Those that were asked for later may have seen a scrape more.
  const newest = lines
    .filter(({counts}) => counts === first)
    .reduce((most, {points}) => Math.max(most, ...points.keys()), 0);
  const moments = new Set(lines.flatMap(({points}) => [...points.keys()]));
  const due = [...moments].filter(at => at <= newest && !(at <= target.at)).sort((one, other) => one - other);
  return due.flatMap(at => step(target, lines, at));
}

/** Counts one scrape of a target. */
function step(target: Target, lines: readonly Line[], at: number): Omit<Interval, 'side' | 'instance'>[] {
  const {known, at: before} = target;
  const here = lines.filter(({points}) => points.has(at));
  const keys = new Set(here.map(({key}) => key));
  const hasLost = [...known].some(([key, one]) => one.at === before && !keys.has(key));
  const sums = new Map<number, Sums>();
  for (const {key, counts, le, points} of here) {
    const value = points.get(at) ?? 0;
    const last = known.get(key);
    known.set(key, {at, value});
    // A new label of a process that goes on begins at 0. If other series ended, all may only have other names now.
    const from = last?.at ?? (hasLost ? Number.NaN : before);
    if (!(at - from <= LONGEST_GAP_MS)) continue;
    const sum = sums.get(from) ?? {
      counts: {requests: 0, errors: 0, conversions: 0},
      upTo: new Map<number, number>(),
      between: new Map<string, Bucket>(),
    };
    sums.set(from, sum);
    addTo(sum, {counts, le}, value, last?.value ?? null);
  }
  target.at = at;
  return Array.from(sums, ([from, {counts, upTo, between}]) => ({
    from,
    to: at,
    // A failed request is a request, also where another counter counts it.
    requests: Math.max(counts.requests, counts.errors, counts.conversions),
    errors: counts.errors,
    conversions: counts.conversions,
    times: [...bucketsOf(upTo), ...between.values()].sort((one, other) => one.to - other.to),
  }));
}

function addTo(
  sums: Sums,
  {counts, le}: Pick<Line, 'counts' | 'le'>,
  value: Value,
  last: Value | null,
): void {
  if (typeof value !== 'number') {
    for (const bucket of grown(value, typeof last === 'number' ? null : last)) {
      const key = `${bucket.from} ${bucket.to}`;
      const sum = sums.between.get(key) ?? {...bucket, count: 0};
      sums.between.set(key, {...sum, count: sum.count + bucket.count});
    }
    return;
  }
  const was = typeof last === 'number' ? last : 0;
  const more = Math.round(value < was ? value : value - was);
  if (counts !== 'times') sums.counts[counts] += more;
  else if (le !== null) sums.upTo.set(le, (sums.upTo.get(le) ?? 0) + more);
}

/** Counts between the bounds of a classic histogram. What lies beyond the last bound counts as the bound. */
function bucketsOf(upTo: ReadonlyMap<number, number>): Bucket[] {
  const bounds = [...upTo.keys()].sort((one, other) => one - other);
  let from = 0;
  let below = 0;
  return bounds.flatMap(bound => {
    const all = Math.max(below, upTo.get(bound) ?? 0);
    const bucket = {from, to: bound === Number.POSITIVE_INFINITY ? from : bound, count: all - below};
    from = bound;
    below = all;
    return bucket.count > 0 ? [bucket] : [];
  });
}

/** What a native histogram has counted since. Its buckets may have become wider meanwhile. */
function grown({count, buckets}: NativeHistogram, last: NativeHistogram | null): Bucket[] {
  const was = last === null || count < last.count ? [] : last.buckets;
  return buckets.flatMap(([low, high, now]) => {
    const before = was.reduce(
      (sum, [lowWas, highWas, n]) => (lowWas >= low && highWas <= high ? sum + n : sum),
      0,
    );
    const from = Math.max(0, low);
    const more = Math.round(Math.max(0, now - before));
    return more > 0 && high > 0 ? [{from, to: high, count: more}] : [];
  });
}
