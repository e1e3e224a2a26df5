import {DistinctSketch} from '../sketches/distinct-sketch.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import type {PeopleTick} from '../evidence/tick.ts';
import {LONGEST_NAME} from '../metric-table.ts';
import type {Side} from '../numbers.ts';
import {mergePeople} from '../people/column.ts';
import {readTick} from '../people/read-tick.ts';
import type {Place} from './second-ring.ts';

/** How long a store keeps roll-ups of seconds, and of minutes; milliseconds. */
export const KEEP_SECONDS_MS = 3_600_000;
export const KEEP_MINUTES_MS = 30 * 24 * 3_600_000;

/** All that was measured in a second, a minute or any other stretch of time; comes together without loss. */
export interface Tally {
  /** Where the stretch begins, milliseconds since 1970, and how long it is. */
  t: number;
  ms: number;
  /** The release the windows spoke of. */
  release: string | null;
  parts: TallyPart[];
}

/** What one side and place measured. */
export interface TallyPart {
  side: Side;
  place: Place;
  /** Entries counted. */
  entries: number;
  counters: Map<string, number>;
  /** Newest value, and when it was taken. */
  gauges: Map<string, {value: number; at: number}>;
  distributions: Map<string, LogHistogram>;
  users: DistinctSketch | null;
  /** What was new about people; null: nothing was told of them. */
  people: PeopleTick | null;
}

export function emptyPart(side: Side, place: Place): TallyPart {
  return {
    side,
    place,
    entries: 0,
    counters: new Map(),
    gauges: new Map(),
    distributions: new Map(),
    users: null,
    people: null,
  };
}

/**
 * What was measured in all of them together: a minute is the merge of its seconds. The release is that of the last
 * one. The tallies themselves are left as they are.
 */
export function mergeTallies(t: number, ms: number, tallies: readonly Tally[]): Tally {
  const merged: Tally = {t, ms, release: null, parts: []};
  for (const tally of tallies) {
    merged.release = tally.release;
    for (const part of tally.parts) {
      let into = merged.parts.find(({side, place}) => side === part.side && place === part.place);
      if (into === undefined) merged.parts.push((into = emptyPart(part.side, part.place)));
      mergePart(into, part);
    }
  }
  return merged;
}

function mergePart(into: TallyPart, part: TallyPart): void {
  into.entries += part.entries;
  for (const [name, count] of part.counters) into.counters.set(name, (into.counters.get(name) ?? 0) + count);
  for (const [name, gauge] of part.gauges) {
    const was = into.gauges.get(name);
    if (was === undefined || gauge.at > was.at || (gauge.at === was.at && gauge.value > was.value))
      into.gauges.set(name, gauge);
  }
  for (const [name, distribution] of part.distributions) {
    const sum = into.distributions.get(name) ?? new LogHistogram();
    sum.merge(distribution);
    into.distributions.set(name, sum);
  }
  if (part.people !== null)
    into.people = into.people === null ? part.people : mergePeople([into.people, part.people]);
  if (part.users === null) return;
  into.users ??= new DistinctSketch();
  into.users.merge(part.users);
}

/** The text as the store keeps it: JSON, sketches as samples carry them. */
export function encodeTally(tally: Tally): string {
  return JSON.stringify({
    v: 1,
    ms: tally.ms,
    release: tally.release,
    parts: tally.parts.map(part => ({
      side: part.side,
      place: part.place,
      entries: part.entries,
      counters: Object.fromEntries(part.counters),
      gauges: Object.fromEntries(Array.from(part.gauges, ([name, {value, at}]) => [name, [value, at]])),
      distributions: Object.fromEntries(
        Array.from(part.distributions, ([name, distribution]) => [name, distribution.encode()]),
      ),
      users: part.users?.encode() ?? null,
      ...(part.people === null ? {} : {people: part.people}),
    })),
  });
}

/** Names of one kind in one part, and the length of the text. */
const MOST_NAMES = 256;
const LONGEST_BODY = 1_000_000;

/** Null for anything that `encodeTally` of this version did not write. */
export function decodeTally(t: number, body: string): Tally | null {
  if (body.length > LONGEST_BODY) return null;
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isRecord(read) || read.v !== 1 || !isCount(read.ms) || !Array.isArray(read.parts)) return null;
  if (!(typeof read.release === 'string' || read.release === null) || read.parts.length > 8) return null;
  const parts: TallyPart[] = [];
  for (const part of read.parts) {
    const decoded = decodePart(part);
    if (decoded === null) return null;
    parts.push(decoded);
  }
  return {t, ms: read.ms, release: read.release, parts};
}

function decodePart(read: unknown): TallyPart | null {
  if (!isRecord(read) || !isSide(read.side) || !isPlace(read.place) || !isCount(read.entries)) return null;
  const counters = readMap(read.counters, value => (isCount(value) ? value : null));
  const gauges = readMap(read.gauges, readGauge);
  const distributions = readMap(read.distributions, text =>
    typeof text === 'string' ? LogHistogram.decode(text) : null,
  );
  if (counters === null || gauges === null || distributions === null) return null;
  const users = typeof read.users === 'string' ? DistinctSketch.decode(read.users) : null;
  if (users === null && read.users !== null) return null;
  const people = readTick(read.people);
  if (people === null && read.people !== undefined) return null;
  const {side, place, entries} = read;
  return {side, place, entries, counters, gauges, distributions, users, people};
}

/** Null when it is no object, has too many names, or one of the values is none. */
function readMap<T>(read: unknown, readValue: (value: unknown) => T | null): Map<string, T> | null {
  if (!isRecord(read)) return null;
  const entries = Object.entries(read);
  if (entries.length > MOST_NAMES) return null;
  const map = new Map<string, T>();
  for (const [name, value] of entries) {
    const decoded = readValue(value);
    if (decoded === null || name.length > LONGEST_NAME) return null;
    map.set(name, decoded);
  }
  return map;
}

function readGauge(read: unknown): {value: number; at: number} | null {
  if (!Array.isArray(read)) return null;
  const [value, at]: unknown[] = read;
  return typeof value === 'number' && Number.isFinite(value) && isCount(at) ? {value, at} : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isSide(value: unknown): value is Side {
  return value === 'prod' || value === 'gray';
}

function isPlace(value: unknown): value is Place {
  return value === 'eligible' || value === 'chosen' || value === 'outside' || value === 'earlier';
}
