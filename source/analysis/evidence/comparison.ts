import {NODES, SHIFTS, ZERO, type Shifts} from './effects.ts';
import {MinuteNoise} from './minute-noise.ts';
import {LAWS, NOISE_LEVELS, TINY, mixLaws} from './noise-laws.ts';
import {RateModels} from './rate-models.ts';
import type {Worse} from './reading.ts';
import {Scatter} from './scatter.ts';
import type {Tape} from './tape.ts';
import {Wealth} from './wealth.ts';

const J = NODES.length;
/** Chance that a side's minute is over in a second. */
const RENEWED = 1 / 60;
/** Belief that minutes differ, from which on what a rate was in the past is not relied on. */
const ROUGH = 0.3;
/** What is said then counts this much: a law that was learned from a few minutes is not quite the true one. */
const CAUTION = 0.8;
/** The same where events come in clusters and less of them is worse: small losses take long, and over a long time clusters scatter more. */
const LASTING_CAUTION = 0.6;
/** Belief in clusters from which on caution begins. */
const LIKELY = 0.3;
/** Seconds without an event that are looked at together. */
const QUIET = 5;
/** Belief below it is none; what a law allows is believed more than that within a second. */
const FAINT = 1e-10;

/**
 * One ratio of gray against prod's: evidence that gray's is worse by more than the margin, second by second.
 *
 * The hypothesis that gray is no worse is a model of how a second's events come about: a difference between the sides
 * that is nothing but noise, drawn anew about once a minute from the law that prod's own minutes teach, and beneath it the
 * `RateModels`. The alternatives are the same with an effect added from some second on. Their likelihood ratio is a
 * martingale under the first, whatever it learns from the past, so that by Ville's inequality (1939) it exceeds 1/α
 * with a probability of at most α. Effects and starting seconds are mixed: a mean of e-processes is one. The mixture
 * of starts is Shiryaev's (1963), S ← (S + w) e, R ← R − w, and costs nothing however long a release takes.
 *
 * All filters are sums over nodes of the difference, so that a second costs the same, whatever was before.
 */
export class Comparison {
  readonly models = new RateModels();
  readonly noise = new MinuteNoise();
  readonly scatter = new Scatter();
  readonly #isLess: boolean;
  readonly #shifts: Shifts;
  readonly #margin: number;
  /** Belief in each level of noise. */
  readonly #noisy = new Float64Array(NOISE_LEVELS.length);
  /** Laws of a minute's difference that follow from it: no worse, then every effect. */
  readonly #laws = new Float64Array(LAWS * J);
  /** Belief in each difference, were gray no worse. */
  readonly #alike = new Float64Array(J);
  readonly #wealth: Wealth;
  /** The lowest node in reach. */
  #from = 0;
  #isRough = false;
  /** Seconds since the filters were last brought up to now, and the last one shown. */
  #idle = 0;
  #t = Number.NaN;
  /** Quiet seconds not looked at yet, and the requests in them. */
  #quiet = 0;
  #quietGray = 0;
  #quietProd = 0;

  /**
   * @param margin relative difference that does not matter, from 0 on
   * @param stakes part of the wealth on each effect; they sum to 1
   */
  constructor(worse: Worse, margin: number, stakes: readonly number[]) {
    this.#isLess = worse === 'less';
    this.#shifts = SHIFTS[worse];
    this.#margin = Math.log1p(margin);
    this.#wealth = new Wealth(stakes);
    this.relearn(this.noise.weights);
    this.#alike.set(this.#laws.subarray(0, J));
  }

  /** Log of the e-value. */
  get logE(): number {
    return Math.log(this.#wealth.total);
  }

  /** Gray's rate over prod's as the alternatives hold it. */
  get ratio(): number {
    return this.models.apart.ratio;
  }

  /** The evidence starts again from nothing; what was learned about prod is kept. */
  startAgain(): void {
    this.#catchUp();
    this.#wealth.reset();
    this.#alike.set(this.#laws.subarray(0, J));
  }

  /** A second of prod before the release. @returns whether `noise` has learned */
  history(t: number, events: number, requests: number): boolean {
    const seconds = this.#elapsed(t);
    if (requests > 0) this.models.teach(seconds, events, requests);
    const hasLearned = this.#learnFromProd(t, events, requests);
    this.#idle = 0;
    return hasLearned;
  }

  /**
   * A second of both sides; `x` are gray's events, `y` prod's.
   * @returns whether `noise` has learned: then `relearn` should be called
   */
  observe(t: number, x: number, gray: number, y: number, prod: number): boolean {
    const seconds = this.#elapsed(t);
    this.#idle += seconds;
    if (gray > 0 && prod > 0) {
      this.#wealth.start();
      const isQuiet = x + y === 0 && !this.#isLess && seconds === 1;
      if (isQuiet && this.#quiet < QUIET) {
        this.#quiet++;
        this.#quietGray += gray;
        this.#quietProd += prod;
      } else {
        this.#catchUp();
        this.#look(seconds, 1, x, gray, y, prod);
      }
    } else if (prod > 0) {
      this.#catchUp();
      this.models.teach(seconds, y, prod);
    }
    return this.#learnFromProd(t, y, prod);
  }

  /** From here on differences follow the noise believed in by `weights`. */
  relearn(weights: Float64Array): void {
    this.#settle();
    this.#isRough = 1 - (weights[0] ?? 0) > ROUGH;
    this.#noisy.set(weights);
    mixLaws(this.#margin, weights, this.#laws);
    let from = ZERO;
    for (let i = 0; i < LAWS * J; i++) if ((this.#laws[i] ?? 0) > 0 && i % J < from) from = i % J;
    for (let j = 0; j < from; j++) if ((this.#alike[j] ?? 0) > FAINT) from = j;
    this.#from = from;
    // Until something is observed there is nothing but the law.
    if (this.#wealth.isWhole) this.#alike.set(this.#laws.subarray(0, J));
  }

  #elapsed(t: number): number {
    const seconds = t - this.#t;
    this.#t = t;
    return seconds >= 1 ? seconds : 1;
  }

  #learnFromProd(t: number, events: number, requests: number): boolean {
    const {atOnce, dispersion} = this.models;
    this.scatter.learn(t, events, requests, dispersion);
    return this.noise.learn(t, events, requests, Math.max(atOnce, this.scatter.level));
  }

  #catchUp(): void {
    if (this.#quiet === 0) return;
    this.#look(this.#quiet, this.#quiet, 0, this.#quietGray, 0, this.#quietProd);
    this.#quiet = 0;
    this.#quietGray = 0;
    this.#quietProd = 0;
  }

  /** Brings the filters up to now: minutes may have ended, wealth is set. Leaves what is on each node in `ON_NODES`. */
  #settle(): void {
    const keep = (1 - RENEWED) ** this.#idle;
    const renewed = 1 - keep;
    this.#idle = 0;
    const from = this.#from;
    const laws = this.#laws;
    const alike = this.#alike;
    for (let j = from; j < J; j++) alike[j] = keep * (alike[j] ?? 0) + renewed * (laws[j] ?? 0);
    this.#wealth.settle(keep, laws, from, ON_NODES);
  }

  #look(seconds: number, span: number, x: number, gray: number, y: number, prod: number): void {
    this.#settle();
    const {models} = this;
    models.look(x, gray, x + y, gray + prod, span);
    const power = this.#caution() / this.scatter.excess;
    const {scale, unit, total} = this.#weighAlike(power);
    const from = this.#from;
    const scaleApart = models.weigh(models.apart, this.#shifts, from, J, ON_NODES, LIKE, this.#isRough);
    const factor = Math.exp(Math.min(600, scaleApart - scale)) / unit;
    let sum = 0;
    let logs = 0;
    for (let j = from; j < J; j++) {
      const likely = (LIKE[j] ?? 0) * factor;
      LIKE[j] = (power === 1 ? likely : likely ** power) / total;
      const value = (LIKE[j] ?? 0) * (ON_NODES[j] ?? 0);
      sum += value;
      logs += value * (this.#shifts.logs[j] ?? 0);
    }
    models.apart.ratio = sum > 0 ? Math.exp(logs / sum) : 1;
    this.#wealth.gain(LIKE, from, sum);
    models.learn(seconds);
  }

  /** The power that likelihoods are taken to: an e-value to a power below 1 is one still, by Jensen's inequality. */
  #caution(): number {
    const rough = this.#isRough ? CAUTION : 1;
    const likely = this.#isLess ? (this.models.alike.clustered - LIKELY) / (1 - LIKELY) : 0;
    return likely > 0 ? rough * (1 - likely * (1 - LASTING_CAUTION)) : rough;
  }

  /** The second as it is if gray is no worse; updates the belief in each difference. */
  #weighAlike(power: number): {scale: number; unit: number; total: number} {
    const {models} = this;
    const alike = this.#alike;
    let from = this.#from;
    let to = J;
    while (from < ZERO && (alike[from] ?? 0) < FAINT) from++;
    while (to > ZERO + 1 && (alike[to - 1] ?? 0) < FAINT) to--;
    const scale = models.weigh(models.alike, this.#shifts, from, to, alike, LIKE, this.#isRough);
    const unit = Math.max(LIKE[ZERO] ?? 0, 1e-300);
    let total = 0;
    let logs = 0;
    for (let j = this.#from; j < J; j++) {
      let value = 0;
      if (j >= from && j < to) {
        const likely = (LIKE[j] ?? 0) / unit;
        value = (alike[j] ?? 0) * (power === 1 ? likely : likely ** power);
      }
      alike[j] = value;
      total += value;
      logs += value * (this.#shifts.logs[j] ?? 0);
    }
    for (let j = this.#from; j < J; j++) {
      const value = (alike[j] ?? 0) / total;
      alike[j] = value < TINY ? 0 : value;
    }
    models.alike.ratio = Math.exp(logs / total);
    return {scale, unit, total};
  }

  save(tape: Tape): void {
    this.models.save(tape);
    this.noise.save(tape);
    this.scatter.save(tape);
    tape.putAll(this.#noisy);
    tape.putAll(this.#alike);
    this.#wealth.save(tape);
    tape.put(
      this.#from,
      this.#isRough ? 1 : 0,
      this.#idle,
      this.#t,
      this.#quiet,
      this.#quietGray,
      this.#quietProd,
    );
  }

  load(tape: Tape): void {
    this.models.load(tape);
    this.noise.load(tape);
    this.scatter.load(tape);
    tape.takeAll(this.#noisy);
    mixLaws(this.#margin, this.#noisy, this.#laws);
    tape.takeAll(this.#alike);
    this.#wealth.load(tape);
    this.#from = tape.take();
    this.#isRough = tape.take() === 1;
    this.#idle = tape.take();
    this.#t = tape.take();
    this.#quiet = tape.take();
    this.#quietGray = tape.take();
    this.#quietProd = tape.take();
  }
}

const ON_NODES = new Float64Array(J);
const LIKE = new Float64Array(J);
