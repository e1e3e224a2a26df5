import {DistinctSketch} from '../sketches/distinct-sketch.ts';
import type {Lane} from './lane.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import type {Metric, MetricKind, MetricTable} from '../metric-table.ts';
import {SIDES} from '../numbers.ts';
import {emptyPart, type Tally, type TallyPart} from './roll-up.ts';
import {PLACES, type SecondRing} from './second-ring.ts';

/** All that was measured in one second; null when nothing was, or the second is not kept. */
export function tallySecond(
  ring: SecondRing,
  table: MetricTable,
  second: number,
  release: string | null,
): Tally | null {
  const {first, end} = ring.clip({first: second, end: second + 1});
  if (first !== second || end !== second + 1) return null;
  const slot = second % ring.slots;
  const tally: Tally = {t: second * 1000, ms: 1000, release, parts: []};
  for (const side of SIDES)
    for (const place of PLACES) {
      const lane = ring.peek(side, place);
      const entries = lane?.entries[slot] ?? 0;
      if (lane === undefined || entries === 0) continue;
      const part = emptyPart(side, place);
      part.entries = entries;
      for (const metric of table.all) readMetric(lane, metric, slot, part);
      part.people = lane.people?.tick(slot) ?? null;
      tally.parts.push(part);
    }
  return tally.parts.length === 0 ? null : tally;
}

function readMetric(lane: Lane, metric: Metric, slot: number, part: TallyPart): void {
  const counter = lane.counters[metric.index];
  const gauge = lane.gauges[metric.index];
  const bytes =
    metric.kind === 'users' ? lane.users?.bytesAt(slot) : lane.distributions[metric.index]?.bytesAt(slot);
  if (counter !== undefined) part.counters.set(metric.name, counter[slot] ?? 0);
  else if (gauge !== undefined && !Number.isNaN(gauge.values[slot]))
    part.gauges.set(metric.name, {value: gauge.values[slot] ?? 0, at: gauge.times[slot] ?? 0});
  else if (bytes && metric.kind === 'users') {
    part.users = new DistinctSketch();
    part.users.mergeBytes(bytes, 0, bytes.length);
  } else if (bytes) {
    const distribution = new LogHistogram();
    distribution.mergeBytes(bytes, 0, bytes.length);
    part.distributions.set(metric.name, distribution);
  }
}

/**
 * Puts a tally in the place of what the ring holds there; `ms` long is every place of the ring. What gray measured under
 * another release than `release` is left out; null: nothing is. `keepsFindings`: what the ring knows of people stays, and
 * only how many requests named one is taken over.
 * @returns false when the tally is of another length, or older than the ring.
 */
export function restoreTally(
  ring: SecondRing,
  table: MetricTable,
  tally: Tally,
  {release, ms, keepsFindings = false}: {release: string | null; ms: number; keepsFindings?: boolean},
): boolean {
  if (tally.ms !== ms || tally.t % ms !== 0) return false;
  const second = tally.t / ms;
  const slot = ring.open(second);
  if (slot < 0) return false;
  for (const side of SIDES)
    for (const place of PLACES) {
      const lane = ring.peek(side, place);
      const found = keepsFindings ? (lane?.people?.findings(slot) ?? null) : null;
      lane?.clear(slot);
      if (found !== null) lane?.people?.put(slot, found);
    }
  for (const part of tally.parts)
    if (part.side === 'prod' || release === null || tally.release === release) {
      const lane = ring.lane(part.side, part.place);
      restorePart(lane, table, part, second, slot);
      if (part.people !== null)
        lane.newPeople().put(slot, keepsFindings ? {requests: part.people.requests ?? 0} : part.people);
    }
  ring.touch(slot);
  return true;
}

function restorePart(lane: Lane, table: MetricTable, part: TallyPart, second: number, slot: number): void {
  lane.entries[slot] = part.entries;
  for (const [name, count] of part.counters) {
    const metric = known(table, name, 'counter', second) ?? table.admit(name, second);
    if (typeof metric !== 'string' && metric.kind === 'counter') lane.count(metric, slot, count);
  }
  for (const [name, {value, at}] of part.gauges) {
    const metric = known(table, name, 'gauge', second);
    if (metric !== null) lane.gauge(metric, slot, value, at);
  }
  for (const [name, distribution] of part.distributions) {
    const metric = known(table, name, 'distribution', second);
    if (metric !== null) lane.distribution(metric, slot).merge(distribution);
  }
  if (part.users !== null) lane.distinct(slot).merge(part.users);
}

/** The metric of this name and kind; a configuration that changed meanwhile may know it as something else. */
function known(table: MetricTable, name: string, kind: MetricKind, second: number): Metric | null {
  const metric = table.get(name);
  if (metric?.kind !== kind) return null;
  metric.lastSecond = Math.max(metric.lastSecond, second);
  return metric;
}
