import type {Metric} from './metric-table.ts';
import type {Cohort, Side} from './numbers.ts';

/**
 * What one entry of the stream says. One object is used for every entry in turn: `clear`, fill, hand to
 * `Windows.add`, and it may be filled again.
 */
export class Sample {
  side: Side = 'prod';
  cohort: Cohort = 'eligible';
  /** When the store took it, its clock, milliseconds since 1970. */
  at = 0;
  /** How long before that it happened, milliseconds. */
  age = 0;
  /** Who sent it, and the number of the entry there: repeats are known by both. Null and -1 when not said. */
  instance: string | null = null;
  seq = -1;
  /** The release, and the version of the log, that it was decided on. Null and -1 when not said. */
  release: string | null = null;
  split = -1;
  /** Decisions that a router made for other programs. */
  routed = 0;

  /** The person of an entry of a single request, as it was written: never shown, kept or sent on. Null: not said. */
  person: string | null = null;
  /** Where in `bytes` lies what a batch says of people; both 0: it says nothing. */
  peopleFrom = 0;
  peopleTo = 0;
  /** What it says of people cannot be read. */
  hasPeopleFault = false;

  /** How many measurements stand in the arrays below. */
  length = 0;
  readonly metrics: (Metric | undefined)[] = [];
  /** The number, where it is one. */
  readonly values: number[] = [];
  /** Where the bytes of a sketch begin and end in `bytes`; both 0 for a number. */
  readonly from: number[] = [];
  readonly to: number[] = [];
  /** Decoded sketches, one after the other; each has passed the check of its kind. */
  bytes: Uint8Array = new Uint8Array(4096);
  used = 0;
  /** Measurements left out because there was no place for another name. */
  unnamed = 0;

  clear(): void {
    this.side = 'prod';
    this.cohort = 'eligible';
    this.at = 0;
    this.age = 0;
    this.instance = null;
    this.seq = -1;
    this.release = null;
    this.split = -1;
    this.routed = 0;
    this.person = null;
    this.peopleFrom = 0;
    this.peopleTo = 0;
    this.hasPeopleFault = false;
    this.length = 0;
    this.used = 0;
    this.unnamed = 0;
  }

  /** Adds a measurement: a number, or the sketch that lies in `bytes` between `from` and `to`. */
  push(metric: Metric, value: number, from: number, to: number): void {
    const index = this.length++;
    this.metrics[index] = metric;
    this.values[index] = value;
    this.from[index] = from;
    this.to[index] = to;
  }

  /** The number of a measurement by the index of its metric; 0 when it is not there. */
  valueOf(metric: number): number {
    for (let index = 0; index < this.length; index++)
      if (this.metrics[index]?.index === metric) return this.values[index] ?? 0;
    return 0;
  }

  /** The number of a measurement by the index of its metric; null when it is not there, or is a sketch. */
  numberOf(metric: number): number | null {
    for (let index = 0; index < this.length; index++) {
      const value = this.values[index] ?? Number.NaN;
      if (this.metrics[index]?.index === metric && !Number.isNaN(value)) return value;
    }
    return null;
  }

  /** Makes room for `length` more bytes of a sketch. */
  reserve(length: number): void {
    if (this.used + length <= this.bytes.length) return;
    const bigger = new Uint8Array(Math.max(this.bytes.length * 2, this.used + length));
    bigger.set(this.bytes.subarray(0, this.used));
    this.bytes = bigger;
  }
}
