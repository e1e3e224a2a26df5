import {lnConditional} from './conditional.ts';
import type {Comparison} from './comparison.ts';
import type {Direction, MetricEvidence, Worse} from './reading.ts';
import type {Tape} from './tape.ts';

/** Seconds that are remembered where nothing points to an onset. */
const MEMORY = 300;
/** Logs of the ratio that an onset is looked for at: of a leak, of a break. */
const LEAK = 0.24;
const BREAK = 1.2;
/** Standard deviations from which on gray is called better. */
const BETTER = 4;

/**
 * What people are shown of a comparison: the rates of both sides since the likeliest onset (Page's CUSUM,
 * Biometrika 41, 1954: what lies before the sum last fell to 0 speaks for no difference), else of late. It decides nothing.
 */
export class Outlook {
  readonly #sign: number;
  readonly #leak: Onset;
  readonly #break: Onset;
  /** Of late, fading: the same, then what gray's events are and their variance, were both sides alike. */
  readonly #late = new Float64Array(7);

  constructor(worse: Worse) {
    this.#sign = worse === 'less' ? -1 : 1;
    this.#leak = new Onset(this.#sign * LEAK);
    this.#break = new Onset(this.#sign * BREAK);
  }

  observe(x: number, gray: number, y: number, prod: number): void {
    const n = gray + prod;
    if (n <= 0) return;
    const share = gray / n;
    const m = x + y;
    this.#leak.observe(x, gray, y, prod);
    this.#break.observe(x, gray, y, prod);
    const late = this.#late;
    for (let i = 0; i < late.length; i++) late[i] = (late[i] ?? 0) * (1 - 1 / MEMORY);
    add(late, 1, x, gray, y, prod);
    late[5] = (late[5] ?? 0) + m * share;
    late[6] = (late[6] ?? 0) + m * share * (1 - share);
  }

  /** @param limit log of the e-value that decides */
  read(metric: string, comparison: Comparison, logE: number, limit: number): MetricEvidence {
    const isBreak = this.#sign * Math.log(comparison.ratio) > (LEAK + BREAK) / 2;
    const since = (isBreak ? this.#break.since : null) ?? this.#leak.since ?? this.#late;
    const [seconds = 0, x = 0, gray = 0, y = 0, prod = 0] = since;
    return {
      metric,
      logE,
      direction: this.#direction(comparison, logE, limit),
      prod: prod > 0 ? y / prod : null,
      gray: gray > 0 ? x / gray : null,
      samples: {prod: Math.round(prod), gray: Math.round(gray)},
      seconds: Math.round(seconds),
      clustering: comparison.models.dispersion * comparison.scatter.excess,
      noise: comparison.noise.level,
    };
  }

  #direction(comparison: Comparison, logE: number, limit: number): Direction {
    if (logE >= limit / 2) return 'gray-worse';
    const [, x = 0, , , , expected = 0, variance = 0] = this.#late;
    const {dispersion} = comparison.models;
    const noise = comparison.noise.level * expected;
    // Of the minutes that are remembered each has noise of its own, on either side.
    const spread = dispersion * comparison.scatter.excess * variance + (2 * noise * noise * 60) / MEMORY;
    return this.#sign * (expected - x) > BETTER * Math.sqrt(spread) ? 'gray-better' : 'none';
  }

  save(tape: Tape): void {
    this.#leak.save(tape);
    this.#break.save(tape);
    tape.putAll(this.#late);
  }

  load(tape: Tape): void {
    this.#leak.load(tape);
    this.#break.load(tape);
    tape.takeAll(this.#late);
  }
}

/** The likeliest onset of a ratio of this size. */
class Onset {
  readonly #log: number;
  readonly #excess: number;
  #score = 0;
  /** Seconds, gray's events and requests, prod's. */
  readonly #sums = new Float64Array(5);

  constructor(log: number) {
    this.#log = log;
    this.#excess = Math.expm1(log);
  }

  /** Sums since the onset; null where nothing points to one. */
  get since(): Float64Array | null {
    return this.#score > 0 ? this.#sums : null;
  }

  observe(x: number, gray: number, y: number, prod: number): void {
    this.#score += lnConditional(x, x + y, gray / (gray + prod), this.#log, this.#excess);
    if (this.#score > 0) add(this.#sums, 1, x, gray, y, prod);
    else {
      this.#score = 0;
      this.#sums.fill(0);
    }
  }

  save(tape: Tape): void {
    tape.put(this.#score);
    tape.putAll(this.#sums);
  }

  load(tape: Tape): void {
    this.#score = tape.take();
    tape.takeAll(this.#sums);
  }
}

function add(sums: Float64Array, seconds: number, x: number, gray: number, y: number, prod: number): void {
  sums[0] = (sums[0] ?? 0) + seconds;
  sums[1] = (sums[1] ?? 0) + x;
  sums[2] = (sums[2] ?? 0) + gray;
  sums[3] = (sums[3] ?? 0) + y;
  sums[4] = (sums[4] ?? 0) + prod;
}
