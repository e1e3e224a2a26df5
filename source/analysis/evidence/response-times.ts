import {Comparison} from './comparison.ts';
import {stakes} from './effects.ts';
import {Limits, PARTS} from './limits.ts';
import {NOISE_LEVELS} from './noise-laws.ts';
import {Outlook} from './outlook.ts';
import type {MetricEvidence} from './reading.ts';
import type {Tape} from './tape.ts';
import type {SideTick} from './tick.ts';

type Histogram = SideTick['hist'];

/** Seconds of history that limits are set from, and are kept until then. */
const HELD = 300;
/** Without history: seconds of prod beside gray until limits are set. */
const WAIT = 30;
/** How often limits are looked at again, seconds, and what is kept of what they were set by. */
const AGAIN = 600;
const KEPT = 0.5;

/**
 * The whole distribution of response times: the part of the requests beyond each of some limits is a ratio like any
 * other, and the mean of their e-values is one. Shifts show at the low limits, tails beyond p95 and p99 at the high ones.
 */
export class ResponseTimes {
  readonly #limits = new Limits();
  readonly #comparisons: Comparison[];
  readonly #outlooks = PARTS.map(() => new Outlook('more'));
  readonly #gray = new Float64Array(PARTS.length);
  readonly #prod = new Float64Array(PARTS.length);
  #held: {t: number; histogram: Histogram}[] = [];
  /** Seconds of prod seen beside gray. */
  #seen = 0;
  #setAt = Number.NaN;

  constructor(margin: number) {
    this.#comparisons = PARTS.map(part => new Comparison('more', margin, stakes('more', part)));
  }

  /** Log of the mean of the e-values. */
  get logE(): number {
    let sum = 0;
    for (const {logE} of this.#comparisons) sum += Math.exp(logE);
    return Math.log(sum / PARTS.length);
  }

  startAgain(): void {
    for (const comparison of this.#comparisons) comparison.startAgain();
    for (const index of PARTS.keys()) this.#outlooks[index] = new Outlook('more');
  }

  history(t: number, histogram: Histogram): void {
    this.#limits.learn(histogram);
    if (this.#limits.areSet) return this.#teach(t, histogram);
    this.#held.push({t, histogram});
    if (this.#held.length >= HELD) this.#release();
  }

  observe(t: number, gray: Histogram, prod: Histogram): void {
    if (this.#held.length > 0) this.#release();
    this.#limits.learn(prod);
    this.#seen++;
    if (!this.#limits.areSet && this.#seen >= WAIT) this.#limits.set();
    if (!this.#limits.areSet) return;
    if (!(t < this.#setAt + AGAIN)) this.#lookAgain(t);
    const g = this.#limits.count(gray, this.#gray);
    const p = this.#limits.count(prod, this.#prod);
    let hasLearned = false;
    for (let i = 0; i < PARTS.length; i++) {
      const comparison = this.#comparisons[i];
      const x = this.#gray[i] ?? 0;
      const y = this.#prod[i] ?? 0;
      if (comparison?.observe(t, x, g, y, p)) hasLearned = true;
      this.#outlooks[i]?.observe(x, g, y, p);
    }
    if (hasLearned) this.#share();
  }

  #lookAgain(t: number): void {
    if (!Number.isNaN(this.#setAt))
      for (const index of this.#limits.set()) this.#comparisons[index]?.noise.forget();
    this.#setAt = t;
    this.#limits.fade(KEPT);
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    this.#limits.set();
    if (!this.#limits.areSet) return;
    for (const {t, histogram} of held) this.#teach(t, histogram);
  }

  #teach(t: number, histogram: Histogram): void {
    const all = this.#limits.count(histogram, this.#prod);
    let hasLearned = false;
    for (let i = 0; i < PARTS.length; i++)
      if (this.#comparisons[i]?.history(t, this.#prod[i] ?? 0, all)) hasLearned = true;
    if (hasLearned) this.#share();
  }

  /**
   * The further out a limit, the more the same restlessness moves the odds of being beyond it, and the fewer events show
   * it: what a nearer limit has shown holds for those beyond, and more so.
   */
  #share(): void {
    NEARER.fill(0);
    for (const [index, comparison] of this.#comparisons.entries()) {
      let own = 0;
      let nearer = 0;
      let before = 0;
      for (let level = 0; level < MIXED.length; level++) {
        own += comparison.noise.weights[level] ?? 0;
        nearer += index === 0 ? (comparison.noise.weights[level] ?? 0) : movedUp(level, FURTHER[index] ?? 0);
        const upTo = Math.min(own, nearer);
        MIXED[level] = upTo - before;
        before = upTo;
      }
      NEARER.set(MIXED);
      comparison.relearn(MIXED);
    }
  }

  read(limit: number): MetricEvidence {
    let best = 0;
    for (const [index, {logE}] of this.#comparisons.entries())
      if (logE > (this.#comparisons[best]?.logE ?? 0)) best = index;
    const comparison = this.#comparisons[best];
    const outlook = this.#outlooks[best];
    if (comparison === undefined || outlook === undefined) throw new Error('no limits');
    const reading = outlook.read('response_time', comparison, this.logE, limit);
    const bucket = this.#limits.buckets[best];
    if (bucket !== undefined) reading.thresholdMs = 2 ** (bucket / 8);
    return reading;
  }

  save(tape: Tape): void {
    this.#limits.save(tape);
    tape.put(this.#seen, this.#setAt, this.#held.length);
    for (const {t, histogram} of this.#held) tape.put(t, histogram.length, ...histogram.flat());
    for (const comparison of this.#comparisons) comparison.save(tape);
    for (const outlook of this.#outlooks) outlook.save(tape);
  }

  load(tape: Tape): void {
    this.#limits.load(tape);
    this.#seen = tape.take();
    this.#setAt = tape.take();
    const held = Math.min(tape.take(), HELD);
    this.#held = Array.from({length: held}, () => ({
      t: tape.take(),
      histogram: Array.from({length: Math.min(tape.take(), 1000)}, () => [tape.take(), tape.take()] as const),
    }));
    for (const comparison of this.#comparisons) comparison.load(tape);
    for (const outlook of this.#outlooks) outlook.load(tape);
  }
}

/**
 * By how many levels of noise the odds beyond a limit of `PARTS` move more than those beyond the one before it. When
 * everything takes a little longer, ln Q(z) of a normal law moves in proportion to φ(z) / Q(z): 1.16, 1.92, 2.42, 2.83,
 * 3.25, 3.68 at these parts; a step of `NOISE_LEVELS` is about a factor 1.55. Heavier tails move less.
 */
const FURTHER = [0, 1, 0.55, 0.4, 0.35, 0.3];

/** Belief in a level of noise, those of the nearer limit moved up by this part of a step; calm stays calm. */
function movedUp(level: number, part: number): number {
  const own = NEARER[level] ?? 0;
  if (level === 0) return own;
  const stays = level === NOISE_LEVELS.length - 1 ? 1 : 1 - part;
  return own * stays + (level === 1 ? 0 : (NEARER[level - 1] ?? 0) * part);
}

const NEARER = new Float64Array(NOISE_LEVELS.length);
const MIXED = new Float64Array(NOISE_LEVELS.length);
