import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import {KEEP_SECONDS_MS, type Tally} from '../analysis/windows/roll-up.ts';
import {Windows, type Begin} from '../analysis/windows/windows.ts';

/** Windows at any moment of a recording. A step forward costs a second of data, a step back an hour of it. */
export class WindowsAt {
  readonly #seconds: readonly Tally[];
  readonly #declared: DeclaredMetrics;
  #windows: Windows;
  #at = Number.NEGATIVE_INFINITY;
  /** Index of the first second that is not in the windows yet. */
  #next = 0;
  #begun = '';

  constructor(seconds: readonly Tally[], declared: DeclaredMetrics) {
    this.#seconds = seconds;
    this.#declared = declared;
    this.#windows = new Windows(declared);
  }

  /**
   * The windows at a moment, for the release and split of that moment. A step back returns another object.
   */
  at(moment: number, begin: Begin): Windows {
    const isBack = moment < this.#at;
    const isFar = moment - this.#at > KEEP_SECONDS_MS;
    if (isBack || isFar) this.#begin(moment);
    const named = JSON.stringify(begin);
    if (named !== this.#begun) this.#windows.begin(begin);
    this.#begun = named;
    for (let tally = this.#seconds[this.#next]; tally !== undefined; tally = this.#seconds[++this.#next]) {
      if (tally.t + tally.ms > moment) break;
      this.#windows.restore(tally);
    }
    this.#at = moment;
    return this.#windows;
  }

  #begin(moment: number): void {
    this.#windows = new Windows(this.#declared);
    this.#begun = '';
    this.#next = firstFrom(this.#seconds, moment - KEEP_SECONDS_MS);
  }
}

/** Index of the first second that begins at `from` or later. */
function firstFrom(seconds: readonly Tally[], from: number): number {
  let [low, high] = [0, seconds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((seconds[middle]?.t ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
