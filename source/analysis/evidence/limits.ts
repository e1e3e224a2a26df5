import type {Tape} from './tape.ts';
import type {SideTick} from './tick.ts';

type Histogram = SideTick['hist'];

/** Parts of prod's requests that are slower than each limit, from the many to the few. */
export const PARTS: readonly number[] = [0.3, 0.07, 0.02, 0.006, 0.0015, 0.0003];
/** Buckets from 2^-10 ms to 2^40 ms; what lies outside counts in the first or last. */
const LOWEST = -80;
const CELLS = 400;
/** Values before limits may be set. */
const ENOUGH = 200;
/** A limit is set anew when the part beyond it differs from what it should be by more than this factor. */
const ASTRAY = 3;
/** Values beyond a limit that such a finding takes. */
const MANY = 100;

/**
 * The limits at which response times are compared: quantiles of what prod showed so far, at the edges of buckets. Every
 * limit is set by the past alone, so that what is found at it is found without having been looked for.
 */
export class Limits {
  readonly #counts = new Float64Array(CELLS);
  #total = 0;
  /** For each cell the number of limits at or below it. */
  readonly #beyond = new Int8Array(CELLS);
  /** Ascending: the lowest bucket beyond each limit; as many as `PARTS`, or none yet. */
  readonly buckets: number[] = [];

  get areSet(): boolean {
    return this.buckets.length > 0;
  }

  /** Values learned so far. */
  get total(): number {
    return this.#total;
  }

  learn(histogram: Histogram): void {
    for (const [bucket, count] of histogram) {
      const cell = cellOf(bucket);
      this.#counts[cell] = (this.#counts[cell] ?? 0) + count;
      this.#total += count;
    }
  }

  /** What was learned counts for less from here on. @param part that is kept, 0–1 */
  fade(part: number): void {
    for (let cell = 0; cell < CELLS; cell++) this.#counts[cell] = (this.#counts[cell] ?? 0) * part;
    this.#total *= part;
  }

  /** Sets the limits, and sets them anew when one has gone astray. @returns the index of each that has changed */
  set(): number[] {
    if (this.#total < ENOUGH || (this.areSet && !PARTS.some((_, index) => this.#isAstray(index)))) return [];
    const changed: number[] = [];
    let above = 0;
    let index = PARTS.length - 1;
    for (let cell = CELLS - 1; cell >= 0 && index >= 0; cell--) {
      const upTo = above + (this.#counts[cell] ?? 0);
      for (; index >= 0 && upTo > (PARTS[index] ?? 1) * this.#total; index--) {
        const wanted = (PARTS[index] ?? 1) * this.#total;
        // The edge that is nearer to it; the last ones may have nothing beyond.
        const edge = (wanted - above < upTo - wanted ? cell + 1 : cell) + LOWEST;
        if (this.buckets[index] !== edge) changed.push(index);
        this.buckets[index] = edge;
      }
      above = upTo;
    }
    this.#index();
    return changed;
  }

  #isAstray(index: number): boolean {
    let beyond = 0;
    for (let cell = cellOf(this.buckets[index] ?? 0); cell < CELLS; cell++) beyond += this.#counts[cell] ?? 0;
    const wanted = (PARTS[index] ?? 1) * this.#total;
    return wanted >= MANY && (beyond > wanted * ASTRAY || beyond < wanted / ASTRAY);
  }

  #index(): void {
    for (let cell = 0; cell < CELLS; cell++) {
      let count = 0;
      for (const bucket of this.buckets) if (cell >= cellOf(bucket)) count++;
      this.#beyond[cell] = count;
    }
  }

  /** Counts the values beyond each limit into `into`. @returns all values */
  count(histogram: Histogram, into: Float64Array): number {
    into.fill(0);
    let all = 0;
    // By index: a loop over pairs is several times as slow, and this is done for every second.
    for (let i = 0; i < histogram.length; i++) {
      const pair = histogram[i];
      if (pair === undefined) continue;
      const beyond = this.#beyond[cellOf(pair[0])] ?? 0;
      all += pair[1];
      if (beyond > 0) into[beyond - 1] = (into[beyond - 1] ?? 0) + pair[1];
    }
    for (let index = this.buckets.length - 2; index >= 0; index--)
      into[index] = (into[index] ?? 0) + (into[index + 1] ?? 0);
    return all;
  }

  save(tape: Tape): void {
    tape.put(this.#total, this.buckets.length, ...this.buckets);
    const cells = [...this.#counts.entries()].filter(([, count]) => count > 0);
    tape.put(cells.length, ...cells.flat());
  }

  load(tape: Tape): void {
    this.#total = tape.take();
    const length = Math.min(tape.take(), PARTS.length);
    this.buckets.length = 0;
    for (let index = 0; index < length; index++) this.buckets.push(tape.take());
    this.#counts.fill(0);
    for (let left = Math.min(tape.take(), CELLS); left > 0; left--) {
      const cell = tape.take();
      this.#counts[cell] = tape.take();
    }
    this.#index();
  }
}

function cellOf(bucket: number): number {
  return Math.min(CELLS - 1, Math.max(0, bucket - LOWEST));
}
