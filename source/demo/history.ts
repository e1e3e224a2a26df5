import {behaviourOf, requestsPerSecond, responseTime} from './behaviour.ts';
import {arrivals} from './random.ts';
import {Tally} from './tally.ts';
import {POPULATION} from './users.ts';

/** Length of prod's past, and of one batch of it, seconds. */
const PAST_SECONDS = 15 * 60;
const BATCH_SECONDS = 20;
/** Requests drawn for one second of the past: enough for percentiles, few enough for a quick start. */
const DRAWN = 120;

/**
 * Yields prod's past before `until`, newest first, in batches of one entry a second with its `age`. `now` is
 * called for each batch, because ages count from the write.
 */
export function* pastOf(until: number, now: () => number, random: () => number): Generator<string[][]> {
  for (let back = 0; back < PAST_SECONDS; back += BATCH_SECONDS) {
    const entries: string[][] = [];
    for (let second = back + 1; second <= back + BATCH_SECONDS; second++) {
      const at = until - second * 1000 + 500;
      entries.push(secondOf(at, Math.round(now() - at), random));
    }
    yield entries;
  }
}

function secondOf(at: number, ageMs: number, random: () => number): string[] {
  const behaviour = behaviourOf('prod', at, null);
  const requests = arrivals(requestsPerSecond(at), random);
  const some = (share: number) => arrivals(requests * share, random);
  const tally = new Tally();
  tally.count({
    requests,
    errors: some(behaviour.errors),
    unavailable: some(behaviour.unavailable),
    conversions: some(behaviour.conversions),
  });
  const times = Math.round(requests / DRAWN);
  for (let index = 0; index < DRAWN; index++) {
    tally.serve(`u-${Math.floor(random() * POPULATION)}`, responseTime(behaviour, random), times);
  }
  return tally.take({side: 'prod', cohort: 'eligible', instance: 'past', sequence: at, ageMs}, null);
}
