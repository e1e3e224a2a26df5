import type {Side} from '../numbers.ts';

/**
 * How it stands with a value that comes from elsewhere. `no-data`: answered with nothing; `not-a-number`: NaN or
 * infinite; `many-series`: more than one row where one was asked for; `stale`: older than its source promises;
 * `away`: the source did not answer, or answered with an error.
 */
export type ExternalState = 'ok' | 'no-data' | 'not-a-number' | 'many-series' | 'stale' | 'away';

/** What a source beyond the samples, as Prometheus, says of one metric at the moment of a look. */
export interface ExternalReading {
  /** In the metric's unit. Null where it is unknown, or where the metric is not measured by side. */
  prod: number | null;
  gray: number | null;
  /** How old the older of the values is, milliseconds; null without a value. */
  ageMs: number | null;
  state: ExternalState;
  /** Who says so: `prometheus`, `feedback`. */
  source: string;
  /** What each is made of, where a condition may ask for a fewest: ratings, reports. Absent: that is not known. */
  samples?: Record<Side, number>;
  /** How many measurements gray's is the mean of; absent: that is not known. */
  values?: number;
  /** How much of the window it speaks of, milliseconds; absent: since the split began. */
  coveredMs?: number;
}

/** Values of other sources by the name of the metric. */
export interface ExternalNumbers {
  /** Null: this metric is not measured there. @param overMs the window the condition asks for */
  read(metric: string, overMs: number): ExternalReading | null;
}

/** Several sources as one: the first that measures a metric speaks for it. */
export function together(...sources: readonly (ExternalNumbers | null)[]): ExternalNumbers {
  return {
    read(metric, overMs) {
      for (const source of sources) {
        const reading = source?.read(metric, overMs) ?? null;
        if (reading !== null) return reading;
      }
      return null;
    },
  };
}

/** Nothing but samples. */
export const NO_EXTERNAL: ExternalNumbers = {read: () => null};
