import {Comparison} from './comparison.ts';
import {stakes} from './effects.ts';
import type {CreateEvaluator, EvidenceEvaluator} from './evaluator.ts';
import {Outlook} from './outlook.ts';
import type {EvidenceOptions, EvidenceReading, EvidenceSnapshot, MetricEvidence, Worse} from './reading.ts';
import {ResponseTimes} from './response-times.ts';
import {Tape} from './tape.ts';
import type {EvidenceTick, HistoryTick, SideTick} from './tick.ts';
import {own} from '../../release/own.ts';

/** What each metric gets of the budget, before it is made to sum to 1. */
const ERRORS = 0.36;
const CONVERSIONS = 0.31;
const RESPONSE_TIME = 0.33;
const RATIO = 0.25;
/** Of its part, what a ratio keeps that never happened in prod's history though less of it were worse. */
const UNUSED = 0.1;
/** Requests that such a finding takes. */
const ENOUGH = 500;
/** Seconds over which growth is averaged for the forecast. */
const GROWTH_MEMORY = 20;

/** One ratio, with what is needed to show it. */
interface Ratio {
  metric: string;
  worse: Worse;
  comparison: Comparison;
  outlook: Outlook;
  /** Events and trials of a side in a second. */
  of: (side: SideTick) => {hits: number; of: number};
  weight: number;
  /** In prod's history. */
  hits: number;
  trials: number;
}

const NONE = {hits: 0, of: 0};

class Evaluator implements EvidenceEvaluator {
  readonly #options: EvidenceOptions;
  readonly #limit: number;
  readonly #ratios: Ratio[];
  readonly #responseTimes: ResponseTimes;
  #responseWeight = RESPONSE_TIME;
  #hasBegun = false;
  #t = Number.NaN;
  #peak = Number.NEGATIVE_INFINITY;
  #decidedAt = Number.NaN;
  #logE = 0;
  #growth = 0;

  constructor(options: EvidenceOptions) {
    this.#options = options;
    this.#limit = -Math.log(options.falseAlarms);
    const ratio = (metric: string, worse: Worse, weight: number, of: Ratio['of']): Ratio => ({
      metric,
      worse,
      comparison: new Comparison(worse, options.margin, stakes(worse)),
      outlook: new Outlook(worse),
      of,
      weight,
      hits: 0,
      trials: 0,
    });
    this.#ratios = [
      ratio('error_rate', 'more', ERRORS, ({errors, requests}) => ({hits: errors, of: requests})),
      ratio('conversion_rate', 'less', CONVERSIONS, ({conversions, requests}) => ({
        hits: conversions,
        of: requests,
      })),
      ...Object.entries(options.ratios ?? {}).map(([name, worse]) =>
        ratio(name, worse, RATIO, ({ratios}) => own(ratios, name) ?? NONE),
      ),
    ];
    this.#responseTimes = new ResponseTimes(options.margin);
  }

  history({t, prod}: HistoryTick): void {
    if (this.#hasBegun || !(t > this.#t || Number.isNaN(this.#t))) return;
    this.#t = t;
    for (const ratio of this.#ratios) {
      const {hits, of} = ratio.of(prod);
      ratio.hits += hits;
      ratio.trials += of;
      const {comparison} = ratio;
      if (comparison.history(t, hits, of)) comparison.relearn(comparison.noise.weights);
    }
    this.#responseTimes.history(t, prod.hist);
  }

  observe({t, prod, gray}: EvidenceTick): EvidenceReading {
    // A second that was shown before, or comes late, says nothing any more.
    if (!(t > this.#t || Number.isNaN(this.#t))) return this.#read();
    this.#t = t;
    if (!this.#hasBegun) this.#begin();
    for (const {comparison, outlook, of} of this.#ratios) {
      const g = of(gray);
      const p = of(prod);
      if (comparison.observe(t, g.hits, g.of, p.hits, p.of)) comparison.relearn(comparison.noise.weights);
      outlook.observe(g.hits, g.of, p.hits, p.of);
    }
    this.#responseTimes.observe(t, gray.hist, prod.hist);
    this.#sumUp();
    return this.#read();
  }

  read(): EvidenceReading | null {
    return this.#hasBegun ? this.#read() : null;
  }

  /** The parts of the budget, once and for all. */
  #begin(): void {
    this.#hasBegun = true;
    for (const ratio of this.#ratios)
      if (ratio.worse === 'less' && ratio.hits === 0 && ratio.trials >= ENOUGH) ratio.weight *= UNUSED;
    const sum = this.#ratios.reduce((total, {weight}) => total + weight, this.#responseWeight);
    for (const ratio of this.#ratios) ratio.weight /= sum;
    this.#responseWeight /= sum;
  }

  /** The mean of the e-values: one budget for all metrics. */
  #sumUp(): void {
    let sum = this.#responseWeight * Math.exp(this.#responseTimes.logE);
    for (const {weight, comparison} of this.#ratios) sum += weight * Math.exp(comparison.logE);
    const logE = Math.log(sum);
    this.#growth += (logE - this.#logE - this.#growth) / GROWTH_MEMORY;
    this.#logE = logE;
    if (logE > this.#peak) this.#peak = logE;
    if (Number.isNaN(this.#decidedAt) && logE >= this.#limit) this.#decidedAt = this.#t;
  }

  #read(): EvidenceReading {
    const limit = this.#limit;
    const isDecided = !Number.isNaN(this.#decidedAt);
    const metrics: MetricEvidence[] = [];
    let worst: MetricEvidence | null = null;
    let most = 0;
    const weigh = (metric: MetricEvidence, weight: number) => {
      metrics.push(metric);
      const speaks = metric.logE + Math.log(weight);
      if (metric.logE > 0 && (worst === null || speaks > most)) {
        worst = metric;
        most = speaks;
      }
      return metric;
    };
    for (const {metric, comparison, outlook, weight} of this.#ratios)
      weigh(outlook.read(metric, comparison, comparison.logE, limit), weight);
    weigh(this.#responseTimes.read(limit), this.#responseWeight);
    // What a callback assigns is not seen by the compiler.
    const found = worst as MetricEvidence | null;
    const isBetter = metrics.some(({direction}) => direction === 'gray-better');
    const isGrowing = !isDecided && this.#logE > 0 && this.#growth > 1e-3;
    return {
      t: this.#t,
      logE: this.#logE,
      peak: this.#peak,
      limit,
      decided: isDecided,
      decidedAt: isDecided ? this.#decidedAt : null,
      worst: found?.metric ?? null,
      direction: found?.direction === 'gray-worse' ? 'gray-worse' : isBetter ? 'gray-better' : 'none',
      metrics,
      forecastSeconds: isGrowing ? Math.ceil((limit - this.#logE) / this.#growth) : null,
    };
  }

  snapshot(): EvidenceSnapshot {
    const tape = new Tape();
    tape.put(this.#hasBegun ? 1 : 0, this.#t, this.#peak, this.#decidedAt, this.#logE, this.#growth);
    tape.put(this.#responseWeight);
    for (const {comparison, outlook, weight, hits, trials} of this.#ratios) {
      tape.put(weight, hits, trials);
      comparison.save(tape);
      outlook.save(tape);
    }
    this.#responseTimes.save(tape);
    return {
      schema: 'graydeck.evidence/2',
      t: Number.isNaN(this.#t) ? null : this.#t,
      state: {options: nameOf(this.#options), numbers: tape.encode()},
    };
  }

  /** @returns false when it is not of this shape; nothing of this evaluator may be used then. */
  load(tape: Tape): boolean {
    this.#hasBegun = tape.take() === 1;
    this.#t = tape.take();
    this.#peak = tape.take();
    this.#decidedAt = tape.take();
    this.#logE = tape.take();
    this.#growth = tape.take();
    this.#responseWeight = tape.take();
    for (const ratio of this.#ratios) {
      ratio.weight = tape.take();
      ratio.hits = tape.take();
      ratio.trials = tape.take();
      ratio.comparison.load(tape);
      ratio.outlook.load(tape);
    }
    this.#responseTimes.load(tape);
    return tape.isAtEnd;
  }
}

/** What a checkpoint must agree in. */
function nameOf({falseAlarms, margin, ratios}: EvidenceOptions): string {
  return JSON.stringify([falseAlarms, margin, Object.entries(ratios ?? {})]);
}

function restore(options: EvidenceOptions, {schema, state}: EvidenceSnapshot): Evaluator | null {
  if (schema !== 'graydeck.evidence/2' || typeof state !== 'object' || state === null) return null;
  if (!('options' in state) || state.options !== nameOf(options)) return null;
  const tape = 'numbers' in state && typeof state.numbers === 'string' ? Tape.decode(state.numbers) : null;
  if (tape === null) return null;
  const evaluator = new Evaluator(options);
  return evaluator.load(tape) ? evaluator : null;
}

/** Makes an evaluator, fresh or from a checkpoint; one of another version or other options is taken for none. */
export const createEvaluator: CreateEvaluator = (options, from) =>
  (from === undefined ? null : restore(options, from)) ?? new Evaluator(options);
