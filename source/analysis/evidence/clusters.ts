import {lnCluster} from './cluster.ts';
import type {Shifts} from './effects.ts';
import {lnRising} from './gamma.ts';
import {CAUSED, CAUSES, CLUSTERED, LITTLE, OVERS, SPANS, type View} from './model-view.ts';
import type {Tape} from './tape.ts';

/** Clusters that come at once, then those that last. */
const LASTING = OVERS.length;
const COUNT = LASTING + CAUSED.length;
/** Dispersion of a second's count less 1, what came before being known. */
const OVER = Float64Array.from([
  ...OVERS,
  ...CAUSES.map(parts => parts.reduce((sum, part, span) => sum + part / (SPANS[span] ?? 1), 0)),
]);
const SILENCE = OVER.map(over => Math.log1p(over));
const EVENT = OVER.map(over => Math.log1p(1 / over));

/**
 * The models of `RateModels` whose events come several at once, on one side.
 *
 * - At once: counts follow the negative binomial law; given the sum, the split is beta-binomial.
 * - Lasting: a user who tries again and again, a host that is away for some seconds. Every event brings about others of its own side,
 *   fewer and fewer over some seconds (Hawkes, Biometrika 58(1), 1971), so that who fails now is expected to fail
 *   again. Only what nothing has brought about is ψ times as much on gray. Given the sum, the split is Pólya's.
 */
export class Clusters {
  /** Log likelihood of the second by model, both sides alike; what all models have in common is left out. */
  readonly like = new Float64Array(COUNT);
  // The second that is looked at.
  #x = 0;
  #gray = 0;
  #m = 0;
  #n = 0;
  /** Expected events over `OVER`: gray's that grow with ψ, all of gray's, those of both sides. */
  readonly #grayBase = new Float64Array(COUNT);
  readonly #grayAll = new Float64Array(COUNT);
  readonly #bothAll = new Float64Array(COUNT);
  /** What the split is at ψ = 1, asked by both views; NaN until it was. */
  readonly #zeros = new Float64Array(COUNT);
  // By span: events of a side that still bring about others, and the part of that time, 0–1, in which it had requests.
  readonly #grayLate = new Float64Array(SPANS.length);
  readonly #prodLate = new Float64Array(SPANS.length);
  readonly #grayThere = new Float64Array(SPANS.length);
  readonly #prodThere = new Float64Array(SPANS.length);

  /**
   * Takes up a second: gray has `x` events in `gray` requests, both together `m` in `n`.
   * @param rate of events, for a request
   * @param span seconds that these are the sums of
   */
  look(x: number, gray: number, m: number, n: number, rate: number, span: number): void {
    this.#x = x;
    this.#gray = gray;
    this.#m = m;
    this.#n = n;
    this.#zeros.fill(Number.NaN);
    const y = m - x;
    const prod = n - gray;
    const common = (x > 0 ? x * Math.log(gray) : 0) + (y > 0 ? y * Math.log(prod) : 0);
    for (let i = 0; i < SPANS.length; i++) {
      GRAY[i] = brought(i, span, gray, gray * rate, this.#grayLate[i] ?? 0, this.#grayThere[i] ?? 0);
      PROD[i] = brought(i, span, prod, prod * rate, this.#prodLate[i] ?? 0, this.#prodThere[i] ?? 0);
    }
    for (let k = 0; k < COUNT; k++) {
      const over = OVER[k] ?? 1;
      const isLasting = k >= LASTING;
      const own = isLasting ? 1 - (CAUSED[k - LASTING] ?? 0) : 1;
      const base = (own * gray * rate) / over;
      const g = base + (isLasting ? caused(k - LASTING, GRAY) / over : 0);
      const p = (own * prod * rate) / over + (isLasting ? caused(k - LASTING, PROD) / over : 0);
      let log = -(g + p) * (SILENCE[k] ?? 0);
      if (m > 0) log += lnRising(g, x) + lnRising(p, y) - m * (EVENT[k] ?? 0) - common;
      this.like[k] = log;
      this.#grayBase[k] = base;
      this.#grayAll[k] = g;
      this.#bothAll[k] = g + p;
    }
  }

  /** Log likelihood of the events of both sides altogether, however they are split. */
  lnTotal(k: number): number {
    const m = this.#m;
    const both = this.#bothAll[k] ?? 0;
    const silence = -both * (SILENCE[k] ?? 0);
    return m > 0 ? silence + lnRising(both, m) - m * ((EVENT[k] ?? 0) + Math.log(this.#n)) : silence;
  }

  /**
   * Adds to `out` the likelihoods of the second at the nodes, divided by e^`scale`, as `RateModels.weigh` does.
   * @param known log of what the other models say, on this scale
   * @param split log of the most that the split can say for any ψ
   * @param silent what is taken off every log likelihood
   */
  weigh(
    {belief, like, ratio}: View,
    shifts: Shifts,
    from: number,
    to: number,
    weights: Float64Array,
    out: Float64Array,
    scale: number,
    known: number,
    split: number,
    silent: number,
  ): void {
    const {logs, excesses} = shifts;
    let all = 0;
    for (let j = from; j < to; j++) all += weights[j] ?? 0;
    for (let k = 0; k < COUNT; k++) {
      const own = this.like[k] ?? 0;
      const weight = Math.log(belief[CLUSTERED + k] ?? 0);
      const base = own - silent + weight - scale;
      if (base + split * this.#deflate(k) < known - LITTLE) {
        // At the ψ that is expected, as every model is: what is left out must not seem to explain less than it would.
        like[CLUSTERED + k] = own + (ratio === 1 ? 0 : this.#lnSplit(k, Math.log(ratio), ratio - 1));
        continue;
      }
      let part = 0;
      for (let j = from; j < to; j++) {
        const log = this.#lnSplit(k, logs[j] ?? 0, excesses[j] ?? 0);
        const value = Math.exp(Math.min(600, base + log));
        out[j] = (out[j] ?? 0) + value;
        part += value * (weights[j] ?? 0);
      }
      like[CLUSTERED + k] = Math.log(part / all + SMALL) + scale - weight + silent;
    }
  }

  /** Of clusters at once: the variance of the split over that of a binomial one, inverted. */
  #deflate(k: number): number {
    const both = this.#bothAll[k] ?? 0;
    return k < LASTING && this.#m > 1 ? (both + 1) / (both + this.#m) : 1;
  }

  /** Log likelihood of the split at ψ = 1 + `excess`, `log` = ln ψ, over that at ψ = 1. */
  #lnSplit(k: number, log: number, excess: number): number {
    const x = this.#x;
    const m = this.#m;
    const gray = this.#grayAll[k] ?? 0;
    const both = this.#bothAll[k] ?? 0;
    if (k < LASTING)
      return lnCluster(
        x,
        m,
        this.#gray / this.#n,
        log,
        excess,
        gray,
        both,
        this.#deflate(k),
        m > 1 ? this.#zeroOf(k, gray, both) : 0,
      );
    if (m === 0) return 0;
    const more = (this.#grayBase[k] ?? 0) * excess;
    return lnRising(gray + more, x) - lnRising(both + more, m) - this.#zeroOf(k, gray, both);
  }

  #zeroOf(k: number, gray: number, both: number): number {
    const known = this.#zeros[k] ?? Number.NaN;
    if (!Number.isNaN(known)) return known;
    const zero = lnRising(gray, this.#x) - lnRising(both, this.#m);
    this.#zeros[k] = zero;
    return zero;
  }

  /** Takes the second in. */
  learn(seconds: number): void {
    const prod = this.#n - this.#gray;
    for (let i = 0; i < SPANS.length; i++) {
      const kept = (1 - 1 / (SPANS[i] ?? 1)) ** seconds;
      this.#grayLate[i] = (this.#grayLate[i] ?? 0) * kept + this.#x;
      this.#prodLate[i] = (this.#prodLate[i] ?? 0) * kept + this.#m - this.#x;
      this.#grayThere[i] = (this.#grayThere[i] ?? 0) * kept + (this.#gray > 0 ? 1 - kept : 0);
      this.#prodThere[i] = (this.#prodThere[i] ?? 0) * kept + (prod > 0 ? 1 - kept : 0);
    }
  }

  save(tape: Tape): void {
    for (const numbers of [this.#grayLate, this.#prodLate, this.#grayThere, this.#prodThere])
      tape.putAll(numbers);
  }

  load(tape: Tape): void {
    for (const numbers of [this.#grayLate, this.#prodLate, this.#grayThere, this.#prodThere])
      tape.takeAll(numbers);
  }
}

const GRAY = new Float64Array(SPANS.length);
const PROD = new Float64Array(SPANS.length);
/** Who fails again and again is few: these many requests a second, this part of all, and this many times what is usual. */
const MOST_BROUGHT = 2;
const MOST_PART = 0.1;
const MOST_TIMES = 3;
/** Added before a log is taken. */
const SMALL = 1e-300;

/**
 * Events that are expected to be brought about within one span, were all of them.
 * @param expected events of the side altogether: what is assumed of the time in which it had no requests
 */
function brought(
  i: number,
  span: number,
  requests: number,
  expected: number,
  late: number,
  there: number,
): number {
  if (expected <= 0) return 0;
  const lasts = SPANS[i] ?? 1;
  const seconds = span === 1 ? 1 : (1 - (1 - 1 / lasts) ** span) * lasts;
  const most = MOST_BROUGHT * span + MOST_PART * requests + MOST_TIMES * expected;
  return Math.min((seconds * late) / lasts, most) + (1 - there) * expected;
}

/** Of what is brought about within each span the parts that this model believes in. */
function caused(model: number, events: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < SPANS.length; i++) sum += (CAUSES[model]?.[i] ?? 0) * (events[i] ?? 0);
  return sum;
}
