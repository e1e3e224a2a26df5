import {setImmediate as nextTurn} from 'node:timers/promises';
import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import {decodeTally, KEEP_SECONDS_MS, type Tally} from '../analysis/windows/roll-up.ts';
import {Measurements} from '../metrics/follower.ts';
import {KEEP_SAMPLES_MS, type FeatureView, type RollUp, type RollUpReader} from '../store/port.ts';

const MINUTE_MS = 60_000;
/** What took longer is told by the minute. */
const BY_MINUTES_MS = 6 * 3_600_000;

/** The time of a release; `now`: the store's clock. Milliseconds since 1970. */
interface Time {
  release: string;
  from: number;
  to: number;
  now(): number;
}

/**
 * Hands over what was measured of a release, in order, no moment twice: of a short one by the second, as far back as
 * seconds are kept; else by the minute, and only the rest of the last one by the second. Where no process rolled up, the
 * samples themselves as long as they live. @throws StoreFault
 */
export async function readTallies(
  feature: Pick<FeatureView, 'rollUps' | 'samples'>,
  declared: DeclaredMetrics,
  time: Time,
  take: (tally: Tally) => void,
): Promise<void> {
  const {from, to, now} = time;
  const {rollUps} = feature;
  let end = -Infinity;
  const takeUp = (tally: Tally) => {
    end = tally.t + tally.ms;
    take(tally);
  };
  const secondsFrom = Math.ceil((now() - KEEP_SECONDS_MS) / MINUTE_MS) * MINUTE_MS;
  const minutesTo = to - from > BY_MINUTES_MS ? Math.floor(to / MINUTE_MS) * MINUTE_MS : secondsFrom;
  if (from < minutesTo) {
    // Between the minutes lie checkpoints.
    const isMinute = ({t}: RollUp) => t % MINUTE_MS === 0 && t < Math.min(minutesTo, to);
    await readDecoded(rollUps, 'minutes', from - MINUTE_MS, takeUp, isMinute);
  }
  // A minute is written once it is over.
  const begin = Math.max(secondsFrom, end);
  if (to > begin)
    await readDecoded(rollUps, 'seconds', Math.max(from - 1000, begin), takeUp, ({t}) => t < to);
  const missingFrom = Math.max(from, end, now() - KEEP_SAMPLES_MS);
  if (missingFrom < to) await takeSamples(feature, declared, {...time, from: missingFrom}, take);
}

/** Hands over roll-ups as they are read, but those that are none; others have their turn meanwhile. @throws StoreFault */
export async function readDecoded(
  rollUps: RollUpReader,
  kind: 'seconds' | 'minutes',
  sinceMs: number,
  take: (tally: Tally) => void,
  isWanted: (rollUp: RollUp) => boolean = () => true,
): Promise<void> {
  await rollUps.read(kind, sinceMs, async slice => {
    for (const rollUp of slice) {
      const tally = isWanted(rollUp) ? decodeTally(rollUp.t, rollUp.body) : null;
      if (tally !== null) take(tally);
    }
    await nextTurn();
  });
}

/** Seconds that are not rolled up yet, whatever the split was at the time. */
async function takeSamples(
  {samples}: Pick<FeatureView, 'samples'>,
  declared: DeclaredMetrics,
  {release, from, to, now}: Time,
  take: (tally: Tally) => void,
): Promise<void> {
  const measurements = new Measurements({samples, now, historyMs: now() - from + 1000, ...declared});
  measurements.setRelease({release, splitVersion: 0, since: from});
  try {
    await measurements.start();
    for (let t = Math.floor(from / 1000) * 1000; t < to; t += 1000) {
      const tally = measurements.windows.rollUp(t);
      if (tally !== null) take(tally);
    }
  } finally {
    await measurements.close();
  }
}
