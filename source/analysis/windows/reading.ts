import {DistinctSketch} from '../sketches/distinct-sketch.ts';
import type {Lane} from './lane.ts';
import type {LogHistogram} from '../sketches/log-histogram.ts';
import {summaryBy, type ValueParts} from '../metrics.ts';
import type {SecondRing, Seconds} from './second-ring.ts';

/** Sum of a counter over seconds of the ring. */
export function sumOf(lanes: readonly Lane[], metric: number, {first, end}: Seconds, slots: number): number {
  let sum = 0;
  for (const lane of lanes) {
    const column = lane.counters[metric];
    if (column !== undefined) sum += sumColumn(column, first, end, slots);
  }
  return sum;
}

/** Entries counted in seconds of the ring. */
export function entriesOf(lanes: readonly Lane[], {first, end}: Seconds, slots: number): number {
  let sum = 0;
  for (const lane of lanes) sum += sumColumn(lane.entries, first, end, slots);
  return sum;
}

/** Newest value of a gauge in seconds of the ring; null without any. */
export function gaugeOf(
  lanes: readonly Lane[],
  metric: number,
  {first, end}: Seconds,
  slots: number,
): {value: number; at: number} | null {
  let newest: {value: number; at: number} | null = null;
  for (const lane of lanes) {
    const column = lane.gauges[metric];
    if (column === undefined) continue;
    for (let second = end - 1; second >= first; second--) {
      const value = column.values[second % slots] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const at = column.times[second % slots] ?? 0;
      if (newest === null || at > newest.at || (at === newest.at && value > newest.value))
        newest = {value, at};
      break;
    }
  }
  return newest;
}

/** Adds the values of a distribution in seconds of the ring to `target`. */
export function mergeDistribution(
  target: LogHistogram,
  lanes: readonly Lane[],
  metric: number,
  {first, end}: Seconds,
  ring: SecondRing,
): void {
  for (const lane of lanes) lane.distributions[metric]?.mergeInto(target, first, end, ring);
}

const distinct = new DistinctSketch();

/** Different users in seconds of the ring, estimated; null without any. */
export function usersOf(lanes: readonly Lane[], {first, end}: Seconds, ring: SecondRing): number | null {
  distinct.clear();
  for (const lane of lanes) lane.users?.mergeInto(distinct, first, end, ring);
  return distinct.isEmpty ? null : Math.round(distinct.estimate());
}

function sumColumn(column: Float64Array, first: number, end: number, slots: number): number {
  let sum = 0;
  let slot = first % slots;
  for (let second = first; second < end; second++) {
    sum += column[slot] ?? 0;
    if (++slot === slots) slot = 0;
  }
  return sum;
}

export function partsOfValues(histogram: LogHistogram): ValueParts {
  return summaryBy(quantile => (quantile === null ? histogram.mean() : histogram.quantile(quantile)));
}

/** Percent; null when there is nothing to be a part of. */
export function percentOf(part: number, whole: number): number | null {
  return whole > 0 ? (part / whole) * 100 : null;
}
