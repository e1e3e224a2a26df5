import type {LogHistogram} from '../log-histogram.ts';
import type {Cohort, Side, SideNumbers, Span} from '../numbers.ts';
import type {ExternalNumbers} from './external.ts';
import type {FindTraits} from './metric-traits.ts';

/** What the judge reads samples from; `Windows` is one. */
export interface Measured {
  numbers(side: Side, span: Span, cohort?: Cohort): SideNumbers;
  /** Null without values, or when the name is none of a distribution. */
  distribution(side: Side, name: string, span: Span, cohort?: Cohort): LogHistogram | null;
  /** End of the newest second in the span in which something arrived, milliseconds since 1970; null without any. */
  heardAt(side: Side, span: Span, cohort?: Cohort): number | null;
  /** Requests, and the entries they came in. */
  arrivals(side: Side, span: Span, cohort?: Cohort): {requests: number; entries: number};
}

/** One moment, and what can be known at it. */
export interface Frame {
  /** Where every window ends, the store's clock, milliseconds since 1970. Best a whole second that is over. */
  at: number;
  /** When the running split began: nothing before it is judged. */
  since: number;
  /** Set percent, 0–100. */
  percent: number;
  measured: Measured;
  external: ExternalNumbers;
  traits: FindTraits;
}

/**
 * Reads windows at one moment, each at most once. Judged are the eligible: of those who were chosen nothing can be
 * learned about the version. Where nobody is eligible (0 %) whoever has gray is looked at, so that testers are guarded.
 */
export class Look {
  readonly frame: Frame;
  readonly #numbers = new Map<string, SideNumbers>();
  readonly #distributions = new Map<string, LogHistogram | null>();

  constructor(frame: Frame) {
    this.frame = frame;
  }

  /** Why gray cannot be compared with prod; null where it can. */
  get alone(): 'everybody-gray' | 'nobody-eligible' | null {
    const {percent} = this.frame;
    return percent >= 100 ? 'everybody-gray' : percent <= 0 ? 'nobody-eligible' : null;
  }

  numbers(side: Side, overMs: number): SideNumbers {
    const key = `${side} ${overMs}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const read = this.frame.measured.numbers(side, this.span(overMs), this.#cohort);
    this.#numbers.set(key, read);
    return read;
  }

  distribution(side: Side, name: string, overMs: number): LogHistogram | null {
    const key = `${side} ${overMs} ${name}`;
    const known = this.#distributions.get(key);
    if (known !== undefined) return known;
    const read = this.frame.measured.distribution(side, name, this.span(overMs), this.#cohort);
    this.#distributions.set(key, read);
    return read;
  }

  /** When a side was last heard within the window, milliseconds since 1970; null: not in it. */
  heardAt(side: Side, overMs: number): number | null {
    return this.frame.measured.heardAt(side, this.span(overMs), this.#cohort);
  }

  arrivals(side: Side, span: Span): {requests: number; entries: number} {
    return this.frame.measured.arrivals(side, span, this.#cohort);
  }

  /** The part of a window since the split began, in seconds. */
  coveredSeconds(overMs: number): number {
    const {at, since} = this.frame;
    return Math.max(0, Math.min(overMs, at - since)) / 1000;
  }

  /** The same moment with windows that end earlier: there is nothing newer than `at`. */
  endingAt(at: number): Look {
    return new Look({...this.frame, at});
  }

  /** Never before the split began, even where the windows have not been told of it yet. */
  span(overMs: number): Span {
    const {at, since} = this.frame;
    return {from: Math.max(at - overMs, since), to: at};
  }

  get #cohort(): Cohort | undefined {
    return this.frame.percent <= 0 ? undefined : 'eligible';
  }
}
