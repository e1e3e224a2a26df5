import type {PeopleNews} from '../analysis/people/wire.ts';
import type {DistinctSketch} from '../analysis/sketches/distinct-sketch.ts';
import {MOST_VALUE} from '../analysis/sketches/log-buckets.ts';
import type {LogHistogram} from '../analysis/sketches/log-histogram.ts';
import type {Cohort, Side} from '../analysis/numbers.ts';
import {formatDecimal} from './decimal.ts';

/** What a writer measured since its last entry, of one side and cohort. */
export interface Measured {
  side: Side;
  /** `eligible` where left out. */
  cohort?: Cohort;
  /** A name of this process since it started, and the number of the entry there, rising. */
  instance?: string;
  seq?: number;
  /** The release and the log version it was decided on; version 0: none was known. */
  release?: string | null;
  split?: number | null;
  /** Milliseconds between the middle of the batch and now. */
  ageMs?: number;
  /** `requests`, `errors`, `uses.NAME` and any other counter; a 0 says that it is counted. */
  counters?: Record<string, number>;
  gauges?: Record<string, number>;
  /** `response_time` and others the configuration declares: one value, or a sketch of many. */
  distributions?: Record<string, number | LogHistogram>;
  users?: DistinctSketch;
  /** What is new about people. */
  people?: PeopleNews;
}

/**
 * The fields of one stream entry, alternating names and values, as `SampleParser` and other readers take them.
 * Numbers no reader would take (NaN, above 10^12, a counter below 0) and empty sketches are left out; the list is
 * empty when nothing remains to be said.
 */
export function encodeSample(measured: Measured): string[] {
  const values: string[] = [];
  for (const [name, count] of Object.entries(measured.counters ?? {}))
    if (count >= 0 && count <= MOST_VALUE) values.push(name, formatDecimal(count));
  for (const [name, value] of Object.entries(measured.gauges ?? {}))
    if (Math.abs(value) <= MOST_VALUE) values.push(name, formatDecimal(value));
  for (const [name, value] of Object.entries(measured.distributions ?? {}))
    if (typeof value !== 'number') {
      if (value.count > 0) values.push(name, value.encode());
    } else if (value >= 0 && value <= MOST_VALUE) values.push(name, formatDecimal(value));
  if (measured.users !== undefined && !measured.users.isEmpty) values.push('users', measured.users.encode());
  if (values.length === 0) return [];
  const people = measured.people?.encode() ?? '';
  if (people !== '') values.push('people', people);
  return [...about(measured), ...values];
}

function about({side, cohort, instance, seq, release, split, ageMs}: Measured): string[] {
  const fields = ['side', side];
  if (cohort !== undefined && cohort !== 'eligible') fields.push('cohort', cohort);
  if (instance !== undefined) fields.push('instance', instance);
  if (seq !== undefined) fields.push('seq', String(seq));
  if (release !== undefined && release !== null) fields.push('release', release);
  if (split !== undefined && split !== null) fields.push('split', String(split));
  if (ageMs !== undefined && ageMs > 0) fields.push('age', String(Math.round(ageMs)));
  return fields;
}
