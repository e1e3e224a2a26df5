import {lnConditional} from './conditional.ts';
import type {Shifts} from './effects.ts';
import {lnForetold} from './foretold.ts';
import {lnCluster} from './cluster.ts';
import {lnRising} from './gamma.ts';
import {CLUSTERED, MEMORIES, MODELS, NONE, OVERS, View} from './model-view.ts';
import type {Tape} from './tape.ts';

/** A model that adds less than e^-this of what the others say is left out. */
const LITTLE = 6;
/** Seconds of prod that the rate of clusters is learned from. */
const RATE_MEMORY = 60;

/**
 * How the events of a second come about, if both sides have the same rate or if gray's is ψ times as great: a bank of
 * models, each believed as far as it has foretold what came.
 *
 * - With a memory of some seconds: the rate was learned from the past, a Gamma law whose old counts fade (West, Harrison,
 *   "Bayesian Forecasting and Dynamic Models", 1997, 10.8). What prod showed before the release counts as well as
 *   what it shows now, which is worth most where gray has half of the requests.
 * - Without: anything may be the rate now, only the split of the events between the sides speaks (`lnConditional`).
 *   This is what remains in an outage of both, or where rates drift.
 * - In clusters: events come several at once, on one side. Counts follow the negative binomial law; given the sum, the
 *   split is beta-binomial, so that a cluster weighs about as much as one event.
 */
export class RateModels {
  /** Both sides are alike. */
  readonly alike = new View();
  /** Gray is worse, or will be. */
  readonly apart = new View();
  /** For each memory the events it knows. */
  readonly #events = new Float64Array(NONE).fill(0.5);
  #rateEvents = 0.5;
  #rateTrials = 20;
  // The second that is looked at.
  #x = 0;
  #gray = 0;
  #m = 0;
  #n = 0;
  /** The most that the split can say for any ψ. */
  #split = 0;
  /** Log likelihoods, both alike, of the models that do not depend on the view. */
  readonly #like = new Float64Array(MODELS);
  /** By dispersion; NaN until it was asked for. */
  readonly #zeros = new Float64Array(OVERS.length);

  /** Events come this many at once: variance over mean within a second, 1 when they come one by one. */
  get dispersion(): number {
    let sum = 1;
    for (let k = 0; k < OVERS.length; k++) sum += (this.alike.belief[CLUSTERED + k] ?? 0) * (OVERS[k] ?? 0);
    return sum;
  }

  /** Takes up a second: gray has `x` events in `gray` requests, both together `m` in `n`. */
  look(x: number, gray: number, m: number, n: number): void {
    this.#x = x;
    this.#gray = gray;
    this.#m = m;
    this.#n = n;
    this.#zeros.fill(Number.NaN);
    const like = this.#like;
    const rate = this.#rateEvents / this.#rateTrials;
    like[NONE] = lnForetold(1, 1 / rate, m, n);
    const y = m - x;
    const prod = n - gray;
    const common = (x > 0 ? x * Math.log(gray) : 0) + (y > 0 ? y * Math.log(prod) : 0);
    for (let k = 0; k < OVERS.length; k++) {
      const over = OVERS[k] ?? 1;
      const perRequest = rate / over;
      let log = -n * perRequest * Math.log1p(over);
      if (m > 0)
        log +=
          lnRising(gray * perRequest, x) + lnRising(prod * perRequest, y) - m * Math.log1p(1 / over) - common;
      like[CLUSTERED + k] = log;
    }
    this.#split =
      (x > 0 ? x * Math.log((x * n) / (m * gray)) : 0) + (y > 0 ? y * Math.log((y * n) / (m * prod)) : 0);
  }

  /**
   * Likelihoods of the second at the nodes `from` up to, not including, `to`, all divided by e^scale, into `out`.
   * `weights` is the belief in each node. Where only the split is to speak, memories stay silent.
   * @returns scale
   */
  weigh(
    view: View,
    shifts: Shifts,
    from: number,
    to: number,
    weights: Float64Array,
    out: Float64Array,
    onlySplit: boolean,
  ): number {
    const {logs, excesses} = shifts;
    const {belief, like} = view;
    const split = this.#gray / this.#n;
    const best = onlySplit ? 0 : this.#keep(view);
    let all = 0;
    for (let j = from; j < to; j++) {
      out[j] = 0;
      all += weights[j] ?? 0;
    }
    let scale = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let believed = 0;
    for (let k = 0; k <= NONE; k++) {
      const isMemory = k < NONE;
      const events = isMemory ? (this.#events[k] ?? 0) : 0;
      const trials = isMemory ? (view.trials[k] ?? 0) : 0;
      const own = isMemory ? lnForetold(events, trials, this.#m, this.#n) : (this.#like[NONE] ?? 0);
      const share = this.#gray / (trials + this.#n);
      const m = events + this.#m;
      if (onlySplit ? isMemory : (KEEPS[k] ?? 0) < best - LITTLE) {
        if (onlySplit) believed += belief[k] ?? 0;
        like[k] = own + lnConditional(this.#x, m, share, Math.log(view.ratio), view.ratio - 1);
        continue;
      }
      let most = Number.NEGATIVE_INFINITY;
      for (let j = from; j < to; j++) {
        const log = lnConditional(this.#x, m, share, logs[j] ?? 0, excesses[j] ?? 0);
        LOGS[j] = log;
        if (log > most) most = log;
      }
      const weight = (belief[k] ?? 0) + (isMemory ? 0 : believed);
      const base = own + Math.log(weight);
      if (base + most > scale) {
        const down = Math.exp(scale - base - most);
        for (let j = from; j < to; j++) out[j] = (out[j] ?? 0) * down;
        sum *= down;
        scale = base + most;
      }
      let part = 0;
      for (let j = from; j < to; j++) {
        const value = Math.exp(base + (LOGS[j] ?? 0) - scale);
        out[j] = (out[j] ?? 0) + value;
        part += value * (weights[j] ?? 0);
      }
      sum += part;
      like[k] = Math.log(part / all + SMALL) + scale - Math.log(weight);
    }
    this.#weighClusters(view, shifts, from, to, weights, out, scale, Math.log(sum / all + SMALL), split);
    return scale;
  }

  /** How far each model has foretold prod's part of the second, into `KEEPS`; the best of them. */
  #keep(view: View): number {
    const y = this.#m - this.#x;
    const prod = this.#n - this.#gray;
    let best = Number.NEGATIVE_INFINITY;
    for (let k = 0; k <= NONE; k++) {
      const log =
        k < NONE
          ? lnForetold(this.#events[k] ?? 0, view.trials[k] ?? 0, y, prod)
          : lnForetold(1, this.#rateTrials / this.#rateEvents, y, prod);
      KEEPS[k] = Math.log(view.belief[k] ?? 0) + log;
      if ((KEEPS[k] ?? 0) > best) best = KEEPS[k] ?? 0;
    }
    return best;
  }

  #weighClusters(
    {belief, like, ratio}: View,
    shifts: Shifts,
    from: number,
    to: number,
    weights: Float64Array,
    out: Float64Array,
    scale: number,
    known: number,
    share: number,
  ): void {
    const {logs, excesses} = shifts;
    const x = this.#x;
    const m = this.#m;
    const rate = this.#rateEvents / this.#rateTrials;
    let all = 0;
    for (let j = from; j < to; j++) all += weights[j] ?? 0;
    for (let k = 0; k < OVERS.length; k++) {
      const over = OVERS[k] ?? 1;
      const own = this.#like[CLUSTERED + k] ?? 0;
      const base = own + Math.log(belief[CLUSTERED + k] ?? 0) - scale;
      const gray = (this.#gray * rate) / over;
      const both = (this.#n * rate) / over;
      // The variance of the split over that of a binomial one, inverted.
      const deflate = m > 1 ? (both + 1) / (both + m) : 1;
      const isLittle = base + this.#split * deflate < known - LITTLE;
      if (isLittle && ratio === 1) {
        like[CLUSTERED + k] = own;
        continue;
      }
      const zero = m > 1 ? this.#zeroOf(k, gray, both) : 0;
      if (isLittle) {
        // At the ψ that is expected, as every model is: what is left out must not seem to explain less than it would.
        like[CLUSTERED + k] =
          own + lnCluster(x, m, share, Math.log(ratio), ratio - 1, gray, both, deflate, zero);
        continue;
      }
      let part = 0;
      for (let j = from; j < to; j++) {
        const log = lnCluster(x, m, share, logs[j] ?? 0, excesses[j] ?? 0, gray, both, deflate, zero);
        const value = Math.exp(Math.min(600, base + log));
        out[j] = (out[j] ?? 0) + value;
        part += value * (weights[j] ?? 0);
      }
      like[CLUSTERED + k] = Math.log(part / all + SMALL) + scale - Math.log(belief[CLUSTERED + k] ?? 0);
    }
  }

  /** What the split of clusters is at ψ = 1, asked by both views. */
  #zeroOf(k: number, gray: number, both: number): number {
    const known = this.#zeros[k] ?? Number.NaN;
    if (!Number.isNaN(known)) return known;
    const zero = lnRising(gray, this.#x) - lnRising(both, this.#m);
    this.#zeros[k] = zero;
    return zero;
  }

  /** Takes the second in, once both views have weighed it. */
  learn(seconds: number): void {
    const {alike, apart} = this;
    alike.believe();
    apart.believe();
    const prod = this.#n - this.#gray;
    for (let k = 0; k < NONE; k++) {
      const keep = fading(MEMORIES[k] ?? 1, seconds);
      this.#events[k] = (this.#events[k] ?? 0) * keep + this.#m;
      alike.trials[k] = (alike.trials[k] ?? 0) * keep + prod + this.#gray * alike.ratio;
      apart.trials[k] = (apart.trials[k] ?? 0) * keep + prod + this.#gray * apart.ratio;
    }
    const keep = fading(RATE_MEMORY, seconds);
    // Never nothing at all, however long nothing happens.
    this.#rateEvents = Math.max(0.01, this.#rateEvents * keep + this.#m - this.#x);
    this.#rateTrials = Math.max(20, this.#rateTrials * keep + prod);
  }

  /** A second of prod alone. */
  teach(seconds: number, events: number, requests: number): void {
    this.look(0, 0, events, requests);
    for (const {trials, like} of [this.alike, this.apart])
      for (let k = 0; k < MODELS; k++)
        like[k] =
          k < NONE
            ? lnForetold(this.#events[k] ?? 0, trials[k] ?? 0, events, requests)
            : (this.#like[k] ?? 0);
    this.learn(seconds);
  }

  save(tape: Tape): void {
    this.alike.save(tape);
    this.apart.save(tape);
    tape.putAll(this.#events);
    tape.put(this.#rateEvents, this.#rateTrials);
  }

  load(tape: Tape): void {
    this.alike.load(tape);
    this.apart.load(tape);
    tape.takeAll(this.#events);
    this.#rateEvents = tape.take();
    this.#rateTrials = tape.take();
  }
}

const KEEPS = new Float64Array(NONE + 1);
const LOGS = new Float64Array(64);
/** Added before a log is taken. */
const SMALL = 1e-300;

/** What is left after `seconds` of what fades to 1/e in `memory`. */
function fading(memory: number, seconds: number): number {
  return seconds === 1 ? 1 - 1 / memory : (1 - 1 / memory) ** seconds;
}
