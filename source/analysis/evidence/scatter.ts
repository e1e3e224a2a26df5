/** Seconds of a window: requests of one client hang together for less than the short or the long one. */
const SHORT = 30;
const LONG = 120;
/** The least design effect of requests that is assumed, and for how many windows of each length that counts. */
const LEAST = 2.5;
const ASSUMED = {short: 4, long: 2};
/** Short windows after which the design effect is learned. */
const ENOUGH_WINDOWS = 4;
/** Part of what earlier windows showed that is kept from one to the next. */
const KEPT = 0.8;
/** Events of two windows that say something of noise; a step of the log rate counts no more than the root of `MOST`. */
const FEWEST = 4;
const MOST = 4;
/** Standard errors that noise must be above; how much is kept from window to window. */
const SURE = 0.5;
/** Pairs of windows from which noise is learned, and standard errors by which an estimate from few pairs is raised. */
const ENOUGH_PAIRS = 8;
const RAISED = 3;
const NOISE_KEPT = 1 - 1 / 120;

/** Counts of the running window, and those before it. */
class CountWindow {
  readonly #seconds: number;
  number = Number.NaN;
  events = 0;
  trials = 0;
  lastEvents = 0;
  lastTrials = 0;
  /** Fading sums of all earlier windows. */
  earlierEvents = 0;
  earlierTrials = 0;
  /** Squares of z against the earlier ones, and how many. */
  squares = 0;
  windows = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** @returns whether a window is over, and the next one begun */
  count(t: number, events: number, trials: number): boolean {
    const number = Math.floor(t / this.#seconds);
    const isOver = number !== this.number;
    if (isOver) this.#turn(number);
    this.events += events;
    this.trials += trials;
    return isOver;
  }

  #turn(number: number): void {
    const part = (this.events + this.earlierEvents) / (this.trials + this.earlierTrials);
    if (this.trials > 0 && this.earlierTrials > 0 && part > 0 && part < 1) {
      const difference = this.events / this.trials - this.earlierEvents / this.earlierTrials;
      this.squares +=
        (difference * difference) / (part * (1 - part) * (1 / this.trials + 1 / this.earlierTrials));
      this.windows++;
    }
    this.earlierEvents = this.earlierEvents * KEPT + this.events;
    this.earlierTrials = this.earlierTrials * KEPT + this.trials;
    const isNext = number === this.number + 1;
    this.lastEvents = isNext ? this.events : 0;
    this.lastTrials = isNext ? this.trials : 0;
    this.events = 0;
    this.trials = 0;
    this.number = number;
  }
}

/** What prod teaches about how events of one kind scatter. */
export class Scatter {
  readonly short = new CountWindow(SHORT);
  readonly long = new CountWindow(LONG);
  lastEvents = 0;
  lastTrials = 0;
  /** Pairs of windows: how many, squares of steps beyond chance, and variances of those. */
  pairs = 0;
  excess = 0;
  doubt = 0;

  /**
   * The design effect of requests that come in clusters: by how much counts of windows scatter more around those before
   * them than independent requests would; at least 2.5.
   */
  get design(): number {
    const short = (LEAST * ASSUMED.short + this.short.squares) / (ASSUMED.short + this.short.windows);
    const long = (LEAST * ASSUMED.long + this.long.squares) / (ASSUMED.long + this.long.windows);
    return Math.max(LEAST, short, long);
  }

  /**
   * Variance of the logarithm of a rate that wanders from half minute to half minute, beyond chance; 0 when calm. Ten pairs
   * of windows hold about five levels of the rate, so that the estimate is easily too low by half: it is raised.
   */
  get noise(): number {
    const likely = Math.max(0, this.excess - SURE * Math.sqrt(this.doubt)) / (this.pairs + ASSUMED.short);
    return likely * (1 + RAISED / Math.sqrt(this.pairs + ASSUMED.short));
  }

  /** Whether there were enough windows to learn clusters from. */
  get hasWindows(): boolean {
    return this.short.windows >= ENOUGH_WINDOWS;
  }

  /** Whether there was enough to learn noise from. */
  get isKnown(): boolean {
    return this.pairs >= ENOUGH_PAIRS;
  }

  /** A second of prod. */
  learn(t: number, events: number, trials: number): void {
    const before = {events: this.short.events, trials: this.short.trials};
    this.long.count(t, events, trials);
    if (!this.short.count(t, events, trials)) return;
    // What `before` holds is over; was the one before it its neighbour?
    this.#step(before);
    this.lastEvents = this.short.lastEvents;
    this.lastTrials = this.short.lastTrials;
  }

  #step({events, trials}: {events: number; trials: number}): void {
    if (this.lastTrials <= 0 || trials <= 0 || this.lastEvents + events < FEWEST) return;
    const step = Math.log((events + 0.5) / (this.lastEvents + 0.5)) - Math.log(trials / this.lastTrials);
    const part = Math.min(0.99, (events + this.lastEvents) / (trials + this.lastTrials));
    const chance = (1 - part) * (1 / (events + 0.5) + 1 / (this.lastEvents + 0.5));
    this.pairs = this.pairs * NOISE_KEPT + 1;
    this.excess = this.excess * NOISE_KEPT + Math.min(step * step, MOST) - Math.min(chance, MOST);
    // The square of a normal deviate has twice the square of its variance.
    this.doubt = this.doubt * NOISE_KEPT + 2 * chance * chance;
  }
}
