import type {Loudest} from '../windows/instances.ts';
import type {LogHistogram} from '../sketches/log-histogram.ts';
import type {Cohort, Side, Span} from '../numbers.ts';
import type {Pace} from '../windows/pace.ts';
import type {ExternalNumbers, MetricReading} from './read-metric.ts';
import type {FindTraits} from './situation.ts';

/** What the judge reads samples from, each over a span of the running split; `Windows` is one. */
export interface Measured {
  /** How far back is kept, milliseconds: of a longer window this much is seen. */
  readonly keptMs: number;
  /** How its seconds come to be; absent or null: from samples, at once. */
  readonly pace?: Pace | null;
  /** Requests, and the entries they came in. */
  arrivals(side: Side, span: Span, cohort?: Cohort): Arrivals;
  /** Sum of a counter; null if no sample reports it. */
  counted(side: Side, name: string, span: Span, cohort?: Cohort): number | null;
  /** Newest value of a gauge; null without any. */
  gauge(side: Side, name: string, span: Span, cohort?: Cohort): number | null;
  /** Different users, estimated; null if no sample counts them. */
  users(side: Side, span: Span, cohort?: Cohort): number | null;
  /** People first seen on a side since the split changed, over a span; absent or null: requests name no person. */
  people?(side: Side, span: Span): {seen: number} | null;
  /** Null without values, or when the name is none of a distribution. */
  distribution(side: Side, name: string, span: Span, cohort?: Cohort): LogHistogram | null;
  /** The instance that says most of a side of late; absent or null: unknown. */
  loudest?(side: Side, at: number): Loudest | null;
  /** End of the newest second in the span in which something arrived, milliseconds since 1970; null without any. */
  heardAt(side: Side, span: Span, cohort?: Cohort): number | null;
}

export interface Arrivals {
  requests: number;
  entries: number;
}

/** One moment, and what can be known at it. */
export interface Frame {
  /** Where every window ends, the store's clock, milliseconds since 1970. Best a whole second that is over. */
  at: number;
  /** When the running split began: nothing before it is judged. */
  since: number;
  /** When the phase began, milliseconds since 1970; absent: with the split. */
  phaseSince?: number;
  /** Set percent, 0–100. */
  percent: number;
  measured: Measured;
  external: ExternalNumbers;
  traits: FindTraits;
}

/** So much of a phase is looked at to show that a criterion holds, milliseconds. */
export const PHASE_AT_MOST_MS = 3 * 86_400_000;

/** What was read of one window of a side already. */
interface Known {
  arrivals?: Arrivals;
  users?: {count: number | null};
  heard?: {at: number | null};
  readonly counted: Map<string, number | null>;
  readonly distributions: Map<string, LogHistogram | null>;
  readonly readings: Map<string, MetricReading>;
}

/**
 * Reads windows at one moment, what is costly at most once. Judged are the eligible: of those who were chosen nothing
 * can be learned about the version. At 0 % no user is eligible, so all who have gray are judged: testers are
 * guarded.
 */
export class WindowReader {
  readonly frame: Frame;
  /** By the length of the window, milliseconds. */
  readonly #known: Record<Side, Map<number, Known>> = {prod: new Map(), gray: new Map()};
  readonly #computed = new Map<string, number>();

  constructor(frame: Frame) {
    this.frame = frame;
  }

  /** Why gray cannot be compared with prod; null where it can. */
  get alone(): 'everybody-gray' | 'nobody-eligible' | null {
    const {percent} = this.frame;
    return percent >= 100 ? 'everybody-gray' : percent <= 0 ? 'nobody-eligible' : null;
  }

  /** Requests of a side in the window, and the entries they came in. */
  arrivals(side: Side, overMs: number): Arrivals {
    const known = this.#of(side, overMs);
    return (known.arrivals ??= this.frame.measured.arrivals(side, this.span(overMs), this.#cohort));
  }

  /** A metric of a side over the window, by the name that conditions use; `read` is asked once. */
  reading(side: Side, name: string, overMs: number, read: () => MetricReading): MetricReading {
    return once(this.#of(side, overMs).readings, name, read);
  }

  counted(side: Side, name: string, overMs: number): number | null {
    return once(this.#of(side, overMs).counted, name, () =>
      this.frame.measured.counted(side, name, this.span(overMs), this.#cohort),
    );
  }

  gauge(side: Side, name: string, overMs: number): number | null {
    return this.frame.measured.gauge(side, name, this.span(overMs), this.#cohort);
  }

  users(side: Side, overMs: number): number | null {
    const known = this.#of(side, overMs);
    known.users ??= {count: this.frame.measured.users(side, this.span(overMs), this.#cohort)};
    return known.users.count;
  }

  distribution(side: Side, name: string, overMs: number): LogHistogram | null {
    return once(this.#of(side, overMs).distributions, name, () =>
      this.frame.measured.distribution(side, name, this.span(overMs), this.#cohort),
    );
  }

  /** When a side was last heard within the window, milliseconds since 1970; null: not in it. */
  heardAt(side: Side, overMs: number): number | null {
    const known = this.#of(side, overMs);
    known.heard ??= {at: this.frame.measured.heardAt(side, this.span(overMs), this.#cohort)};
    return known.heard.at;
  }

  /** Requests of a side in any span. */
  requestsIn(side: Side, span: Span): number {
    return this.frame.measured.arrivals(side, span, this.#cohort).requests;
  }

  /** Eligible people first seen on a side in any span; null where requests name no person, or at 0 %. */
  peopleIn(side: Side, span: Span): number | null {
    const {percent, measured} = this.frame;
    return percent <= 0 ? null : (measured.people?.(side, span)?.seen ?? null);
  }

  /** Sum of a counter of a side in any span; null where no sample reports it. */
  countedIn(side: Side, name: string, span: Span): number | null {
    return this.frame.measured.counted(side, name, span, this.#cohort);
  }

  /** The values of a distribution of a side in any span; null without values. */
  distributionIn(side: Side, name: string, span: Span): LogHistogram | null {
    return this.frame.measured.distribution(side, name, span, this.#cohort);
  }

  /** The part of a window that is kept, since the split began, in seconds. */
  coveredSeconds(overMs: number): number {
    const {at, since, measured} = this.frame;
    return Math.max(0, Math.min(overMs, at - since, measured.keptMs)) / 1000;
  }

  /**
   * How long the phase has run at most and data of it may count, milliseconds: since the split changed, if that was later, and
   * three days at most.
   */
  get phaseMs(): number {
    const {at, since, phaseSince = since, measured} = this.frame;
    // A clock that went back leaves the begin of the phase in the future: the split must do.
    const begin = phaseSince > at ? since : Math.max(since, phaseSince);
    return Math.max(0, Math.min(at - begin, measured.keptMs, PHASE_AT_MOST_MS));
  }

  /** A look at an earlier moment of the same split. */
  endingAt(at: number): WindowReader {
    return new WindowReader({...this.frame, at});
  }

  /** Never before the split began, even where the windows have not been told of it yet. */
  span(overMs: number): Span {
    const {at, since} = this.frame;
    return {from: Math.max(at - overMs, since), to: at};
  }

  /** A number that is costly to compute, once a look. */
  computed(key: string, compute: () => number): number {
    return once(this.#computed, key, compute);
  }

  #of(side: Side, overMs: number): Known {
    const windows = this.#known[side];
    let known = windows.get(overMs);
    if (known === undefined) {
      known = {counted: new Map(), distributions: new Map(), readings: new Map()};
      windows.set(overMs, known);
    }
    return known;
  }

  get #cohort(): Cohort | undefined {
    return this.frame.percent <= 0 ? undefined : 'eligible';
  }
}

function once<T>(known: Map<string, T>, key: string, read: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const value = read();
  known.set(key, value);
  return value;
}
