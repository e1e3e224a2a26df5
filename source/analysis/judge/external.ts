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
  /** Who says so: `prometheus`. */
  source: string;
}

/** Values of other sources by the name of the metric. */
export interface ExternalNumbers {
  /** Null: this metric is not measured there. @param overMs the window the condition asks for */
  read(metric: string, overMs: number): ExternalReading | null;
}

/** Nothing but samples. */
export const NO_EXTERNAL: ExternalNumbers = {read: () => null};
