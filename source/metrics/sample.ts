import {base64Bytes, decodeBase64} from '../analysis/sketches/base64.ts';
import {DistinctSketch} from '../analysis/sketches/distinct-sketch.ts';
import {MOST_VALUE} from '../analysis/sketches/log-buckets.ts';
import {LogHistogram, LONGEST_SKETCH} from '../analysis/sketches/log-histogram.ts';
import {LONGEST_PEOPLE} from '../analysis/people/wire.ts';
import type {Metric, MetricTable} from '../analysis/metric-table.ts';
import type {Sample} from '../analysis/sample.ts';
import {parseDecimal} from './decimal.ts';
import {startOf} from '../release/well-formed.ts';

/** Names and values of one entry. */
const MOST_FIELDS = 512;
/** Bytes of sketches in one entry, about. */
const MOST_BYTES = 65_536;
const LONGEST_INSTANCE = 128;
const LONGEST_RELEASE = 128;
/** Letters of a name that are told where it is wrong. */
const MOST_SHOWN = 40;

/** Reads entries of the sample stream into a `Sample`. What is wrong with one is a value, never a throw. */
export class SampleParser {
  readonly #table: MetricTable;
  /** The single form: `metric NAME value V`. */
  #metric: string | null = null;
  #value: string | null = null;
  #sides = 0;
  /** Counters of the entry that the table does not know yet: names and values, taking turns. */
  readonly #newcomers: (string | number)[] = [];

  constructor(table: MetricTable) {
    this.#table = table;
  }

  /**
   * @param fields alternating names and values, as written.
   * @param at the store's clock when it was written, milliseconds since 1970.
   * @returns null when `sample` holds the entry, else what is wrong with it, fit to be shown.
   */
  parse(fields: readonly string[], at: number, sample: Sample): string | null {
    sample.clear();
    sample.at = at;
    if (fields.length > MOST_FIELDS) return 'too many fields';
    if (fields.length % 2 !== 0) return 'a name without a value';
    this.#metric = null;
    this.#value = null;
    this.#sides = 0;
    this.#newcomers.length = 0;
    for (let index = 0; index < fields.length; index += 2) {
      const wrong = this.#field(fields[index] ?? '', fields[index + 1] ?? '', sample);
      if (wrong !== null) return wrong;
    }
    if (this.#sides !== 1) return this.#sides === 0 ? 'no side' : 'side said twice';
    if (this.#metric !== null && this.#value !== null) {
      const wrong = this.#measurement(this.#metric, this.#value, sample);
      if (wrong !== null) return wrong;
    } else if (this.#metric !== null || this.#value !== null) return 'metric and value go together';
    this.#admit(sample);
    const isEmpty = sample.length === 0 && sample.unnamed === 0 && sample.routed === 0;
    return isEmpty ? 'no metric in it' : null;
  }

  #field(name: string, value: string, sample: Sample): string | null {
    // Every entry says its side and most say only metrics; what tells about the entry is told by its first letter.
    switch (name) {
      case 'side':
        this.#sides++;
        if (value !== 'prod' && value !== 'gray') return 'side is neither prod nor gray';
        sample.side = value;
        return null;
      case 'cohort':
        if (value !== 'eligible' && value !== 'chosen' && value !== 'outside') return 'unknown cohort';
        sample.cohort = value;
        return null;
      case 'instance':
        if (value.length > LONGEST_INSTANCE) return 'instance is too long';
        sample.instance = value === '' ? null : value;
        return null;
      case 'release':
        if (value.length > LONGEST_RELEASE) return 'release is too long';
        sample.release = value === '' ? null : value;
        return null;
      case 'seq':
        sample.seq = parseDecimal(value);
        return isVersion(sample.seq) ? null : 'seq is no whole number';
      case 'split':
        sample.split = parseDecimal(value);
        return isVersion(sample.split) ? null : 'split is no whole number';
      case 'age':
        sample.age = parseDecimal(value);
        return sample.age >= 0 && sample.age <= MOST_VALUE ? null : 'age is no number of milliseconds';
      case 'routed':
        sample.routed = parseDecimal(value);
        return isVersion(sample.routed) ? null : 'routed is no whole number';
      case 'person':
        sample.person = value === '' ? null : value;
        return null;
      case 'people':
        readPeople(value, sample);
        return null;
      case 'metric':
        this.#metric = value;
        return null;
      case 'value':
        this.#value = value;
        return null;
      default:
        return this.#measurement(name, value, sample);
    }
  }

  #measurement(name: string, text: string, sample: Sample): string | null {
    const metric = this.#table.get(name);
    if (metric === undefined) return this.#newcomer(name, text);
    if (text.charCodeAt(0) === 126) return readSketch(metric, text, sample);
    const value = parseDecimal(text);
    const wrong = valueFault(metric, value);
    if (wrong !== null) return wrong;
    sample.push(metric, value, 0, 0);
    return null;
  }

  /** A name not seen before is a counter. It gets its place once all of its entry is sound: names of junk are shown nowhere. */
  #newcomer(name: string, text: string): string | null {
    const value = parseDecimal(text);
    if (!(value >= 0 && value <= MOST_VALUE))
      return `${startOf(name, MOST_SHOWN)}, which is not declared, is no number from 0 to 10^12`;
    if (!this.#table.isName(name)) return 'not a name of a metric';
    this.#newcomers.push(name, value);
    return null;
  }

  #admit(sample: Sample): void {
    for (let index = 0; index < this.#newcomers.length; index += 2) {
      const metric = this.#table.admit(String(this.#newcomers[index]), sample.at / 1000);
      if (typeof metric === 'string') sample.unnamed++;
      else sample.push(metric, Number(this.#newcomers[index + 1]), 0, 0);
    }
  }
}

function isVersion(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function valueFault(metric: Metric, value: number): string | null {
  if (metric.kind === 'users') return 'users is no sketch';
  if (!(Math.abs(value) <= MOST_VALUE)) return `${metric.name} is no number up to 10^12`;
  if (value < 0 && metric.kind !== 'gauge') return `${metric.name} is below 0`;
  if (metric.whole && !Number.isInteger(value)) return `${metric.name} is no whole number`;
  return null;
}

/** What cannot be read is left out and told by a name of its own: the measurements of the entry are not at fault. */
function readPeople(text: string, sample: Sample): void {
  const from = sample.used;
  const isFit = text.charCodeAt(0) === 126 && text.length <= LONGEST_PEOPLE && sample.peopleTo === 0;
  if (isFit) sample.reserve(base64Bytes(text.length));
  const to = isFit ? decodeBase64(text, 1, sample.bytes, from) : -1;
  sample.hasPeopleFault ||= to <= from;
  if (to <= from) return;
  sample.peopleFrom = from;
  sample.peopleTo = to;
  sample.used = to;
}

function readSketch(metric: Metric, text: string, sample: Sample): string | null {
  if (metric.kind !== 'distribution' && metric.kind !== 'users') return `${metric.name} takes no sketch`;
  if (text.length > LONGEST_SKETCH || sample.used > MOST_BYTES) return `${metric.name}: sketch is too long`;
  sample.reserve(base64Bytes(text.length));
  const from = sample.used;
  const to = decodeBase64(text, 1, sample.bytes, from);
  if (to < 0) return `${metric.name}: sketch is no base64`;
  const wrong =
    metric.kind === 'users'
      ? DistinctSketch.fault(sample.bytes, from, to)
      : LogHistogram.fault(sample.bytes, from, to);
  if (wrong !== null) return `${metric.name}: ${wrong}`;
  sample.used = to;
  sample.push(metric, Number.NaN, from, to);
  return null;
}
