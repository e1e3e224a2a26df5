import type {Side} from '../numbers.ts';
import type {WindowReader} from './window-reader.ts';

/** Data older than this are not judged any more, milliseconds. Senders that batch do so by the minute at most. */
const STALE_AFTER_MS = 60_000;
/** By chance alone no pause is this many times the mean one: e^-8 of them are, with steady traffic. */
const MEAN_PAUSES = 8;

/** From which age on the data of a side are stale: a minute, or where traffic is thin a pause it would hardly make. */
export function staleAfterMs(look: WindowReader, side: Side, overMs: number): number {
  const {requests} = look.arrivals(side, overMs);
  if (requests === 0) return STALE_AFTER_MS;
  return Math.max(STALE_AFTER_MS, (MEAN_PAUSES * look.coveredSeconds(overMs) * 1000) / requests);
}
