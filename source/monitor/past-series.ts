import type {Side, Span} from '../analysis/numbers.ts';
import {MINUTE_MS} from '../analysis/windows/minutes.ts';
import type {Windows} from '../analysis/windows/windows.ts';
import {MinuteReader, type MinuteReading} from '../metrics/read-minutes.ts';

/** Up to this length a past is kept by the minute, beyond it by the quarter of an hour; milliseconds. */
const BY_MINUTES_MS = 4 * 24 * 60 * MINUTE_MS;
const COARSE_MS = 15 * MINUTE_MS;

/** Metrics over any time, for charts. */
export interface PastSeries {
  series(this: void, side: Side, metric: string, span: Span, stepMs: number): (number | null)[];
  /** Resolves once everything that was asked for has been read; never rejects. */
  ready(this: void): Promise<void>;
  close(): void;
}

/**
 * Metrics over time from the windows, and before what they hold from the roll-ups of the store. The roll-ups are read when a
 * chart first asks for them, so a process that draws no chart reads none. Until they are read their time is unknown.
 */
export function openPastSeries(
  near: Pick<Windows, 'series' | 'knownFrom'>,
  reading: Pick<MinuteReading, 'shelf' | 'declared' | 'now' | 'release'>,
): PastSeries {
  let wantedMs = 0;
  let reader: MinuteReader | null = null;

  const want = (from: number): MinuteReader => {
    wantedMs = Math.max(wantedMs, reading.now() - from);
    reader ??= new MinuteReader({
      ...reading,
      longestMs: () => wantedMs,
      slotMsFor: keptMs => (keptMs <= BY_MINUTES_MS ? MINUTE_MS : COARSE_MS),
    });
    if (reader.minutes === null || reader.minutes.keptMs < wantedMs) void reader.catchUp();
    return reader;
  };

  return {
    series(side, metric, span, stepMs) {
      const values = near.series(side, metric, span, stepMs);
      const {knownFrom} = near;
      if (knownFrom <= span.from) return values;
      const {minutes} = want(span.from);
      const end = Math.ceil(span.to / stepMs);
      const first = end - values.length;
      // The step in which the windows begin is whole in the roll-ups only.
      const border = Math.min(end, Math.ceil(knownFrom / stepMs));
      if (minutes === null || border <= first) return values;
      const older = minutes.series(side, metric, {from: first * stepMs, to: border * stepMs}, stepMs);
      return values.map((value, index) => (first + index < border ? (older[index] ?? value) : value));
    },
    async ready() {
      await reader?.catchUp();
    },
    close: () => reader?.close(),
  };
}
