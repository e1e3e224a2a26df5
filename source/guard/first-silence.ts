import type {Side, Span} from '../analysis/numbers.ts';

/** A silence of gray this long is time without data, milliseconds. */
const SILENT_MS = 60_000;

/** Where the first silence of gray in a span began, milliseconds since 1970; null: there was none. */
export function firstSilence(
  windows: {heardAt(side: Side, span: Span): number | null},
  {from, to}: Span,
): number | null {
  let first: number | null = null;
  for (let end = to; end > from;) {
    const heardAt = windows.heardAt('gray', {from, to: end}) ?? from;
    if (end - heardAt >= SILENT_MS) first = heardAt;
    end = Math.min(heardAt, end) - 1000;
  }
  return first;
}
