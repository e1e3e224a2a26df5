/** Steps remembered of one series, and series remembered. */
const MOST_STEPS = 8192;
const MOST_SERIES = 96;

interface Kept<T> {
  change: number;
  value: T;
}

/** Values of steps, good until something changes in the seconds they were read from. */
export class StepMemo<T> {
  readonly #series = new Map<string, Map<number, Kept<T>>>();

  /** The remembered steps of one series. */
  of(key: string): Map<number, Kept<T>> {
    const known = this.#series.get(key);
    if (known !== undefined && known.size < MOST_STEPS) return known;
    if (this.#series.size >= MOST_SERIES) this.#series.clear();
    const made = new Map<number, Kept<T>>();
    this.#series.set(key, made);
    return made;
  }
}

/** The value of a step, computed when it is not known or something changed since. */
export function remembered<T>(
  steps: Map<number, Kept<T>>,
  step: number,
  change: number,
  compute: () => T,
): T {
  const kept = steps.get(step);
  if (kept?.change === change) return kept.value;
  const value = compute();
  steps.set(step, {change, value});
  return value;
}
