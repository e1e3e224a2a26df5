import type {Span} from '../../analysis/numbers.ts';
import type {Point} from './answer.ts';

/** More steps than this are not drawn by anybody. */
const MOST_STEPS = 4096;

/** The values of one number over time, on the store's clock. */
export class History {
  readonly #keepMs: () => number;
  #points: Point[] = [];

  /** @param keepMs how far back is kept, milliseconds; may change */
  constructor(keepMs: () => number) {
    this.#keepMs = keepMs;
  }

  /** Adds a value that is newer than all others; one that is not replaces what it is older than. */
  add(point: Point): void {
    while ((this.#points.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= point.at) this.#points.pop();
    this.#points.push(point);
    const keepMs = this.#keepMs();
    const oldest = point.at - keepMs;
    // Now and then, not at every point.
    if ((this.#points[0]?.at ?? oldest) < oldest - keepMs / 8)
      this.#points = this.#points.filter(({at}) => at >= oldest);
  }

  /** Fills in what is known of the time for which there is nothing yet. */
  fill(points: readonly Point[], ownStepMs: number): void {
    const isFree = ({at}: Point): boolean =>
      this.#points.every(own => Math.abs(own.at - at) >= ownStepMs / 2);
    this.#points = [...this.#points, ...points.filter(isFree)].sort((a, b) => a.at - b.at);
  }

  clear(): void {
    this.#points = [];
  }

  /**
   * Mean of the values in a span, of which every step counts alike: the past is read more coarsely than the present. Null
   * without any.
   */
  mean({from, to}: Span, stepMs: number): number | null {
    let sum = 0;
    let steps = 0;
    let own = {step: Number.NaN, sum: 0, count: 0};
    const close = () => {
      if (own.count > 0) sum += own.sum / own.count;
      steps += own.count > 0 ? 1 : 0;
    };
    for (const {at, value} of this.#points) {
      if (at < from || at >= to) continue;
      const step = Math.floor((at - from) / stepMs);
      if (step !== own.step) {
        close();
        own = {step, sum: 0, count: 0};
      }
      own.sum += value;
      own.count++;
    }
    close();
    return steps === 0 ? null : sum / steps;
  }

  /** The oldest value's time in a span, milliseconds since 1970; null without any. */
  oldestAt({from, to}: Span): number | null {
    return this.#points.find(({at}) => at >= from && at < to)?.at ?? null;
  }

  /** How many values lie in a span. */
  countIn({from, to}: Span): number {
    return this.#points.reduce((count, {at}) => count + (at >= from && at < to ? 1 : 0), 0);
  }

  /** The newest value in a span; null without any. */
  newest({from, to}: Span): number | null {
    return this.#points.findLast(({at}) => at >= from && at < to)?.value ?? null;
  }

  /**
   * One value for each step, oldest first, as windows have them: steps begin at whole multiples of `stepMs`, the last
   * one holds `span.to`. A value holds on for `holdMs`, since not every step has a question.
   */
  series(span: Span, stepMs: number, holdMs: number): (number | null)[] {
    if (!(stepMs > 0) || !(span.to > span.from)) return [];
    const count = Math.min(MOST_STEPS, Math.ceil((span.to - span.from) / stepMs));
    const end = Math.ceil(span.to / stepMs);
    const values: (number | null)[] = [];
    let index = 0;
    let newest: Point | undefined;
    for (let step = end - count; step < end; step++) {
      const from = step * stepMs;
      for (; index < this.#points.length; index++) {
        const point = this.#points[index];
        if (point === undefined || point.at >= Math.min(from + stepMs, span.to)) break;
        newest = point;
      }
      values.push(newest !== undefined && newest.at >= from - holdMs ? newest.value : null);
    }
    return values;
  }
}
