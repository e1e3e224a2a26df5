import {lnConditional} from './conditional.ts';
import type {Shifts} from './effects.ts';
import {Clusters} from './clusters.ts';
import {lnForetold} from './foretold.ts';
import {CAUSED, CLUSTERED, LITTLE, MEMORIES, MODELS, NONE, OVERS, View} from './model-view.ts';
import type {Tape} from './tape.ts';

/**
 * How much of what is believed if both are alike is believed every second if gray is worse, too: while gray is well the latter fits nothing,
 * and would come to believe in what explains it away.
 */
const SHARED = 0.1;
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
 * - In `Clusters`: events come several at once, or bring about others, so that a cluster weighs about as much as one event.
 */
export class RateModels {
  /** Both sides are alike. */
  readonly alike = new View();
  /** Gray is worse, or will be. */
  readonly apart = new View();
  /** For each memory the events it knows. */
  readonly #events = new Float64Array(NONE).fill(0.5);
  readonly #clusters = new Clusters();
  #rateEvents = 0.5;
  #rateTrials = 20;
  // The second that is looked at.
  #x = 0;
  #gray = 0;
  #m = 0;
  #n = 0;
  /** The most that the split can say for any ψ. */
  #split = 0;
  /** Log likelihood of the model without a memory, both alike. */
  #none = 0;

  /** Events come this many at once: variance over mean within a second, 1 when they come one by one. */
  get atOnce(): number {
    let sum = 1;
    for (let k = 0; k < OVERS.length; k++) sum += (this.alike.belief[CLUSTERED + k] ?? 0) * (OVERS[k] ?? 0);
    return sum;
  }

  /** The same over a time that is long against how long clusters last (Hawkes 1971). */
  get dispersion(): number {
    let sum = this.atOnce;
    const at = CLUSTERED + OVERS.length;
    for (let k = 0; k < CAUSED.length; k++)
      sum += (this.alike.belief[at + k] ?? 0) * ((1 - (CAUSED[k] ?? 0)) ** -2 - 1);
    return sum;
  }

  /**
   * Takes up a second: gray has `x` events in `gray` requests, both together `m` in `n`.
   * @param span seconds that these are the sums of
   */
  look(x: number, gray: number, m: number, n: number, span: number): void {
    this.#x = x;
    this.#gray = gray;
    this.#m = m;
    this.#n = n;
    const rate = this.#rateEvents / this.#rateTrials;
    this.#none = lnForetold(1, 1 / rate, m, n);
    this.#clusters.look(x, gray, m, n, rate, span);
    const y = m - x;
    const prod = n - gray;
    this.#split =
      (x > 0 ? x * Math.log((x * n) / (m * gray)) : 0) + (y > 0 ? y * Math.log((y * n) / (m * prod)) : 0);
  }

  /**
   * Likelihoods of the second at the nodes `from` up to, not including, `to`, all divided by e^scale, into `out`.
   * `weights` is the belief in each node. Where only the split is to speak, memories stay silent, and how many events there were
   * altogether says no more than which model they come from.
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
    const best = onlySplit ? 0 : this.#keep(view);
    const silent = onlySplit ? this.#lnTotal(view) : 0;
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
      const own = isMemory ? lnForetold(events, trials, this.#m, this.#n) : this.#none;
      const share = this.#gray / (trials + this.#n);
      const m = events + this.#m;
      if (onlySplit ? isMemory : (KEEPS[k] ?? 0) < best - LITTLE) {
        if (onlySplit) believed += (belief[k] ?? 0) * Math.exp(own - silent);
        like[k] = own + lnConditional(this.#x, m, share, Math.log(view.ratio), view.ratio - 1);
        continue;
      }
      let most = Number.NEGATIVE_INFINITY;
      for (let j = from; j < to; j++) {
        const log = lnConditional(this.#x, m, share, logs[j] ?? 0, excesses[j] ?? 0);
        LOGS[j] = log;
        if (log > most) most = log;
      }
      const weight = onlySplit
        ? believed + (belief[k] ?? 0) * Math.exp(own - silent) + SMALL
        : (belief[k] ?? 0);
      const base = Math.log(weight) + (onlySplit ? 0 : own);
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
      like[k] = Math.log(part / all + SMALL) + scale - Math.log(weight) + (onlySplit ? own : 0);
    }
    const known = Math.log(sum / all + SMALL);
    this.#clusters.weigh(view, shifts, from, to, weights, out, scale, known, this.#split, silent);
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

  /** Log of how likely the events of both sides are altogether, however they are split. */
  #lnTotal({belief, trials}: View): number {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < MODELS; k++) {
      const own =
        k < NONE
          ? lnForetold(this.#events[k] ?? 0, trials[k] ?? 0, this.#m, this.#n)
          : k === NONE
            ? this.#none
            : this.#clusters.lnTotal(k - CLUSTERED);
      const log = Math.log(belief[k] ?? 0) + own;
      TOTALS[k] = log;
      if (log > most) most = log;
    }
    let sum = 0;
    for (let k = 0; k < MODELS; k++) sum += Math.exp((TOTALS[k] ?? 0) - most);
    return most + Math.log(sum);
  }

  /** Takes the second in, once both views have weighed it. */
  learn(seconds: number): void {
    const {alike, apart} = this;
    alike.believe();
    apart.believe();
    for (let k = 0; k < MODELS; k++)
      apart.belief[k] = (1 - SHARED) * (apart.belief[k] ?? 0) + SHARED * (alike.belief[k] ?? 0);
    const prod = this.#n - this.#gray;
    for (let k = 0; k < NONE; k++) {
      const keep = fading(MEMORIES[k] ?? 1, seconds);
      this.#events[k] = (this.#events[k] ?? 0) * keep + this.#m;
      alike.trials[k] = (alike.trials[k] ?? 0) * keep + prod + this.#gray * alike.ratio;
      apart.trials[k] = (apart.trials[k] ?? 0) * keep + prod + this.#gray * apart.ratio;
    }
    this.#clusters.learn(seconds);
    const keep = fading(RATE_MEMORY, seconds);
    // Never nothing at all, however long nothing happens.
    this.#rateEvents = Math.max(0.01, this.#rateEvents * keep + this.#m - this.#x);
    this.#rateTrials = Math.max(20, this.#rateTrials * keep + prod);
  }

  /** A second of prod alone. */
  teach(seconds: number, events: number, requests: number): void {
    this.look(0, 0, events, requests, 1);
    for (const {trials, like} of [this.alike, this.apart])
      for (let k = 0; k < MODELS; k++)
        like[k] =
          k < NONE
            ? lnForetold(this.#events[k] ?? 0, trials[k] ?? 0, events, requests)
            : k === NONE
              ? this.#none
              : (this.#clusters.like[k - CLUSTERED] ?? 0);
    this.learn(seconds);
  }

  save(tape: Tape): void {
    this.alike.save(tape);
    this.apart.save(tape);
    this.#clusters.save(tape);
    tape.putAll(this.#events);
    tape.put(this.#rateEvents, this.#rateTrials);
  }

  load(tape: Tape): void {
    this.alike.load(tape);
    this.apart.load(tape);
    this.#clusters.load(tape);
    tape.takeAll(this.#events);
    this.#rateEvents = tape.take();
    this.#rateTrials = tape.take();
  }
}

const TOTALS = new Float64Array(MODELS);
const KEEPS = new Float64Array(NONE + 1);
const LOGS = new Float64Array(64);
/** Added before a log is taken. */
const SMALL = 1e-300;

/** What is left after `seconds` of what fades to 1/e in `memory`. */
function fading(memory: number, seconds: number): number {
  return seconds === 1 ? 1 - 1 / memory : (1 - 1 / memory) ** seconds;
}
