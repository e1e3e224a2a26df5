import type {Tape} from './tape.ts';

/** Models with a memory come first: seconds until what they learned has faded to 1/e. */
export const MEMORIES: readonly number[] = [3, 25, 400];
/** The one without a memory. */
export const NONE = MEMORIES.length;
/** The first of those with clusters, one for each dispersion. */
export const CLUSTERED = NONE + 1;
/** Variance of a count over its mean. */
const DISPERSIONS = [1.6, 3, 8, 25];
/** The same less 1. */
export const OVERS: readonly number[] = DISPERSIONS.map(dispersion => dispersion - 1);
export const MODELS = CLUSTERED + DISPERSIONS.length;

const PRIOR = [0.08, 0.3, 0.5, 0.02, 0.025, 0.025, 0.025, 0.025];
/**
 * The belief each is given back every second. Rates change; how events come about does so rarely, and what may become
 * clustered at any time could explain any regression.
 */
const FLOORS = [9e-5, 3.4e-4, 5.7e-4, 0.002, 2.5e-6, 2.5e-6, 2.5e-6, 2.5e-6];
const KEPT = 1 - FLOORS.reduce((sum, floor) => sum + floor, 0);
/** The most that one second may say against a model, nats: an outage begins in one second, and proves nothing of clusters. */
const MOST = 4;
/** Requests that a memory begins with. */
const FIRST_TRIALS = 20;

/** The bank of `RateModels` as one hypothesis holds it. */
export class View {
  /** In each model; they sum to 1. */
  readonly belief = Float64Array.from(PRIOR);
  /** For each memory the requests it knows, gray's counted ψ times. */
  readonly trials = new Float64Array(NONE).fill(FIRST_TRIALS);
  /** Log likelihood of the second under each model; what all have in common is left out. */
  readonly like = new Float64Array(MODELS);
  /** ψ as this hypothesis expects it. */
  ratio = 1;

  /** Believes each model as far as it has foretold the second. */
  believe(): void {
    const {belief, like} = this;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < MODELS; k++) if ((like[k] ?? 0) > most) most = like[k] ?? 0;
    let sum = 0;
    for (let k = 0; k < MODELS; k++) {
      const weight = (belief[k] ?? 0) * Math.exp(Math.max(-MOST, (like[k] ?? 0) - most));
      belief[k] = weight;
      sum += weight;
    }
    const kept = KEPT / sum;
    for (let k = 0; k < MODELS; k++) belief[k] = (belief[k] ?? 0) * kept + (FLOORS[k] ?? 0);
  }

  save(tape: Tape): void {
    tape.putAll(this.belief);
    tape.putAll(this.trials);
    tape.put(this.ratio);
  }

  load(tape: Tape): void {
    tape.takeAll(this.belief);
    tape.takeAll(this.trials);
    this.ratio = tape.take();
  }
}
