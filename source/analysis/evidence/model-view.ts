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
/** Where clusters last: seconds until an event has brought about all but 1/e of the others that it does. */
export const SPANS: readonly number[] = [1.5, 5, 20];
/**
 * Of those models each says which part of the events others have brought about, within each span. Counts over a long
 * time have a dispersion of (1 − the sum)^−2: from 4 to 7. More would explain any regression.
 */
export const CAUSES: readonly (readonly number[])[] = [
  [0.5, 0, 0],
  [0.6, 0, 0],
  [0.25, 0.25, 0],
  [0.33, 0.25, 0.05],
  [0.1, 0.25, 0.2],
];
export const CAUSED: readonly number[] = CAUSES.map(parts => parts.reduce((sum, part) => sum + part, 0));
export const MODELS = CLUSTERED + OVERS.length + CAUSED.length;
/** A model that adds less than e^-this of what the others say is left out. */
export const LITTLE = 6;

const PRIOR = [0.08, 0.28, 0.48, 0.02, 0.025, 0.025, 0.025, 0.025, 0.008, 0.008, 0.008, 0.008, 0.008];
/**
 * The belief each is given back every second: rates change. How events come about does so rarely, and what may become
 * clustered at any time could explain any regression. Models without clusters have it of what they have together.
 */
const FLOORS = [9e-5, 3.4e-4, 5.7e-4, 0.002, 2.5e-6, 2.5e-6, 2.5e-6, 2.5e-6, 2e-7, 2e-7, 2e-7, 2e-7, 2e-7];
const KEPT = 1 - sum(FLOORS, 0, CLUSTERED);
/** The chance that in a second events cease to come in clusters: how they come about changes rarely. */
const CEASES = 1e-5;
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

  /** That events come in clusters, 0–1. */
  get clustered(): number {
    return sum(this.belief, CLUSTERED, MODELS);
  }

  /** Believes each model as far as it has foretold the second. */
  believe(): void {
    const {belief, like} = this;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < MODELS; k++) if ((like[k] ?? 0) > most) most = like[k] ?? 0;
    for (let k = 0; k < MODELS; k++)
      belief[k] = (belief[k] ?? 0) * Math.exp(Math.max(-MOST, (like[k] ?? 0) - most));
    const single = sum(belief, 0, CLUSTERED);
    const {clustered} = this;
    const all = single + clustered;
    const kept = (single + clustered * CEASES) / all;
    let total = 0;
    for (let k = 0; k < MODELS; k++) {
      const weight =
        k < CLUSTERED
          ? kept * (KEPT * ((belief[k] ?? 0) / single) + (FLOORS[k] ?? 0))
          : (1 - kept) * ((belief[k] ?? 0) / clustered) + (FLOORS[k] ?? 0);
      belief[k] = weight;
      total += weight;
    }
    for (let k = 0; k < MODELS; k++) belief[k] = (belief[k] ?? 0) / total;
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

function sum(numbers: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  for (let k = from; k < to; k++) total += numbers[k] ?? 0;
  return total;
}
